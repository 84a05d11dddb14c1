/** Does one job against one server and prints, as JSON, what that cost the server. Usage: main.ts ORDER */
import { difference, forgetPeak, usageOf } from '../servers/process.ts';
import { Client } from './client.ts';
import { jobs } from './jobs.ts';
import type { LoadUsage, Order } from './load.ts';

const { target, job }: Order = JSON.parse(process.argv[2] ?? '');
const client = new Client(target, job.kind === 'large' ? job.up + job.down : undefined);
await client.login();
const prepared = await jobs[job.kind](client, job as never);
client.begin();
// To check a password takes 128 MiB for a moment.
forgetPeak(target.pid);
const before = usageOf(target.pid);
await prepared();
const usage: LoadUsage = {
  ...difference(before, usageOf(target.pid)),
  requests: client.requests,
  broken: client.broken,
  slowest: client.slowest,
};
client.close();
console.log(JSON.stringify(usage));
