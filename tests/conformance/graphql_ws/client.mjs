// Drives an endpoint with the npm client graphql-ws. Reads commands from standard input, one JSON object a line,
// and writes what happens to standard output, one JSON object a line: {id, next | error | complete | closed}.
import { createInterface } from "node:readline";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const [url, token] = process.argv.slice(2);
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: token ? { authorization: `Bearer ${token}` } : {},
  lazy: true,
  retryAttempts: 0,
  keepAlive: 200,
  on: {
    connected: () => say({ id: "connection", connected: true }),
    pong: (received) => received && say({ id: "connection", pong: true }),
    closed: (event) => say({ id: "connection", closed: event.code, reason: event.reason }),
  },
});
const stops = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.stop) {
    stops.get(command.stop)();
    continue;
  }
  const { id, query, variables } = command;
  const stop = client.subscribe(
    { query, variables },
    {
      next: (result) => say({ id, next: result }),
      error: (error) => say({ id, error: Array.isArray(error) ? error : { code: error.code, message: String(error.message ?? error.reason ?? error) } }),
      complete: () => say({ id, complete: true }),
    },
  );
  stops.set(id, stop);
}
await client.dispose();
process.exit(0);
