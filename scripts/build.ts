/** Builds dist/ as it is published: compiled sources with their types, and nothing left from before. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

fs.rmSync('dist', { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
fs.chmodSync('dist/cli/main.js', 0o755);
