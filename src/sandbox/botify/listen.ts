import { type ServerType, serve } from "@hono/node-server";
import type { Hono } from "hono";
import { type Db, keepSetting, setting } from "./database.ts";

export interface Listening {
  origin: string;
  close(): Promise<void>;
}

/** Serves on the port that it had the last time, so that addresses survive a restart; on another one when that is taken. */
export const listenAgain = async (app: Hono, host: string, db: Db, name: string): Promise<Listening> => {
  const before = Number(setting(db, name) ?? 0);
  const server = await listen(app, host, before).catch((error: unknown) => {
    if (before === 0) throw error;
    return listen(app, host, 0);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  keepSetting(db, name, String(address.port));
  return {
    origin: `http://${host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
};

const listen = (app: Hono, hostname: string, port: number): Promise<ServerType> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port }, () => resolve(server));
    server.once("error", reject);
  });
