/** What Node's HTTP server costs by itself: the same bytes from memory for every request. Prints its port. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const body = Buffer.alloc(Number(process.argv[2]), 1);
const server = http.createServer((_, response) => {
  response.writeHead(200, { 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
