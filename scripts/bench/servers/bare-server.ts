import path from 'node:path';
import type { Trial } from '../trial.ts';
import { type Server, startServer } from './server.ts';

/** Starts `bare.ts`. @param size bytes of every answer */
export async function startBare(trial: Trial, size: number): Promise<Server> {
  const program = path.join(import.meta.dirname, 'bare.ts');
  return startServer(trial, {
    name: 'bare',
    command: trial.command([process.execPath, program, String(size)], 'a server of node:http'),
    ready: async (printed) => (printed.includes('\n') ? `127.0.0.1:${printed.trim()}` : undefined),
  });
}
