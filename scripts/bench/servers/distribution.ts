/** The distribution project's registry, where `npm run test:real` has built it. */
import fs from 'node:fs';
import path from 'node:path';
import { findTool } from '../peers.ts';
import type { Trial } from '../trial.ts';
import { freePort, type Server, startServer } from './server.ts';

export interface Distribution extends Server {
  /** With its version. */
  readonly name: string;
  /** Takes all content away while it runs: it remembers none. */
  empty(): void;
}

/** Without authentication, access log and traces, each of which would cost it more. Undefined where there is none. */
export async function startDistribution(trial: Trial): Promise<Distribution | undefined> {
  const tool = findTool('registry');
  if (tool === undefined) return undefined;
  const port = await freePort();
  const store = 'distribution';
  trial.empty(store);
  fs.writeFileSync(
    trial.at('distribution.yml'),
    [
      'version: 0.1',
      'log: { level: error, accesslog: { disabled: true } }',
      `storage: { filesystem: { rootdirectory: ${trial.at(store)} }, delete: { enabled: true } }`,
      `http: { addr: "127.0.0.1:${port}" }`,
    ].join('\n'),
  );
  const server = await startServer(trial, {
    name: store,
    command: trial.command([path.join(tool.folder, 'registry'), 'serve', 'distribution.yml'], 'registry serve', {
      OTEL_TRACES_EXPORTER: 'none',
    }),
    ready: async () => ((await answers(port)) ? `127.0.0.1:${port}` : undefined),
  });
  return { ...server, name: `distribution ${tool.version ?? ''}`.trim(), empty: () => trial.empty(store) };
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/v2/`)).ok;
  } catch {
    return false;
  }
}
