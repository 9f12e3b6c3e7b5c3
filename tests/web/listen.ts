import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { createSocketServer } from "#web/live/socket.ts";
import type { Site } from "./site.ts";

/** The site on a port of its own, WebSockets included. */
export const listen = async ({ app }: Site): Promise<{ origin: string; close(): void }> => {
  const sockets = createSocketServer();
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const listening = serve(
      { fetch: app.fetch, hostname: "127.0.0.1", port: 0, websocket: { server: sockets } },
      () => resolve(listening),
    );
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      if ("closeAllConnections" in server) server.closeAllConnections();
      server.close();
    },
  };
};
