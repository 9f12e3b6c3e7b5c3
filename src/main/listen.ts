import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { serve } from "@hono/node-server";
import { withoutBelow } from "#core/route.ts";
import type { App } from "#web/app.ts";
import { createSocketServer } from "#web/live/socket.ts";

export interface Listening {
  /** "http://127.0.0.1:3000" */
  origin: string;
  /** What a browser on this machine opens, "http://127.0.0.1:3000/": all addresses (0.0.0.0, ::) are none that can be opened everywhere. */
  openAt: string;
  /** Takes no more requests and ends those under way, event streams and WebSockets included. */
  close(): void;
}

interface ListenOptions {
  app: Pick<App, "front"> & { router: Pick<App["router"], "fetch"> };
  host: string;
  /** 0: any that is free. */
  port: number;
}

/**
 * Longer than proxies keep a connection on which nothing is asked (Caddy two minutes, nginx one): were it closed here first, what they just send
 * over it would be lost, and whoever pressed a button would be told "502".
 */
const keepAliveTimeout = 125_000;

/** Serves over HTTP and WebSockets. Throws what the system says when the port is taken. */
export const listen = async ({ app, host, port }: ListenOptions): Promise<Listening> => {
  const sockets = createSocketServer();
  const http = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const listening = serve(
      {
        ...{ fetch: app.router.fetch, hostname: host, port },
        websocket: { server: sockets },
        serverOptions: { keepAliveTimeout },
      },
      () => resolve(listening),
    );
    listening.once("error", reject);
    for (const event of ["request", "upgrade"]) {
      const [own] = listening.listeners(event);
      if (own === undefined) continue;
      // In its place and not before it: the library refuses a WebSocket only where it alone listens.
      listening.removeAllListeners(event);
      listening.on(event, (request: IncomingMessage, ...rest: unknown[]) => {
        request.url = withoutBelow(request.url ?? "");
        const pass = () => Reflect.apply(own, listening, [request, ...rest]);
        app.front(request, rest[0] as ServerResponse | Duplex, pass);
      });
    }
  });
  const address = http.address();
  const actualPort = address === null || typeof address === "string" ? port : address.port;
  const at = (name: string) => `http://${name.includes(":") ? `[${name}]` : name}:${actualPort}`;
  return {
    origin: at(host),
    openAt: `${at({ "0.0.0.0": "127.0.0.1", "::": "::1" }[host] ?? host)}/`,
    close: () => {
      http.close();
      if ("closeAllConnections" in http) http.closeAllConnections();
      for (const socket of sockets.clients) socket.terminate();
    },
  };
};
