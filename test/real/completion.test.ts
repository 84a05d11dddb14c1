/** The completion scripts, read by the shells they are for. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { completionFor } from '../../src/cli/completion.ts';

const all = await Promise.all(Object.values(commands).map((load) => load()));

function inShell(shell: 'zsh' | 'fish', script: (file: string) => string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-shell-'));
  try {
    const file = path.join(folder, '_waybill');
    fs.writeFileSync(file, completionFor(shell, all));
    const { status, stdout, stderr } = spawnSync(shell, [shell === 'zsh' ? '-fc' : '-c', script(file)], {
      encoding: 'utf8',
      env: { ...process.env, HOME: folder },
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

test('zsh loads its script through compinit', () => {
  const load = (file: string) =>
    `fpath=(${path.dirname(file)} $fpath); autoload -Uz compinit; compinit -u -d ${file}.dump; autoload +X _waybill && print $_comps[waybill]`;
  expect(inShell('zsh', load)).toBe('_waybill\n');
});

test('fish offers verbs and options', () => {
  expect(inShell('fish', (file) => `source ${file}; complete -C 'waybill un'`)).toContain('unpack');
  expect(inShell('fish', (file) => `source ${file}; complete -C 'waybill pack --str'`)).toContain('--strict');
});
