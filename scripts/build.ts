/** Builds dist/ as it is published: compiled sources with their types, the command line joined, and nothing left from before. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { joinCommandLine } from './build/join.ts';

fs.rmSync('dist', { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
await joinCommandLine('dist');
fs.chmodSync('dist/cli/main.js', 0o755);
