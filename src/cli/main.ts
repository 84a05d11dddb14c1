#!/usr/bin/env node
/**
 * The command line: the one place that reads the process and puts things together. Kept small at
 * the top, because whoever asks for the version should not wait for the rest.
 */
import { version } from './version.ts';

const NEEDED_NODE = 24;

if (Number.parseInt(process.versions.node, 10) < NEEDED_NODE) {
  process.stderr.write(
    `error: waybill needs Node ${NEEDED_NODE} or newer, this is ${process.versions.node}\n\nhint: install it from your system's packages, or in a project: npm install node@${NEEDED_NODE}\n`,
  );
  process.exitCode = 2;
} else if (process.argv[2] === '--version' || process.argv[2] === '-V') {
  process.stdout.write(`${version}\n`);
} else {
  const { run } = await import('./run.ts');
  process.exitCode = await run(process.argv.slice(2));
}
