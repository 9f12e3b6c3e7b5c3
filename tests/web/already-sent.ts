// In a process of its own, for a test: a server is started before what it serves is loaded, and one route writes by itself.
import type { ServerResponse } from "node:http";
import { createAdaptorServer } from "@hono/node-server";

const server = createAdaptorServer({
  fetch: async (_, env) => {
    const outgoing = env.outgoing as ServerResponse;
    outgoing.writeHead(200);
    outgoing.write("first ");
    setTimeout(() => outgoing.end("second"), 50);
    return alreadySent();
  },
});
const { alreadySent } = await import("#web/live/already-sent.ts");
server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address() as { port: number };
  process.stdout.write(await (await fetch(`http://127.0.0.1:${port}/`)).text());
  server.close();
});
