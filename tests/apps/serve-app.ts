import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createGeneratedApp } from "#apps/runtime/app.tsx";
import { loadAssets } from "#apps/runtime/assets.ts";
import { createIndexes, createTables } from "#apps/runtime/database.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import { fence } from "#apps/runtime/fence.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { newDatabase } from "./new-database.ts";

/** An app on a port of its own, with the same strict headers as everywhere. */
export const serveApp = async (
  schema: AppSchema,
): Promise<{ origin: string; db: AppDatabase; errors: unknown[]; close(): void }> => {
  const db = newDatabase();
  createTables(db, schema);
  createIndexes(db, schema);
  const errors: unknown[] = [];
  const clock = { now: () => Date.now(), newId: () => randomUUID() };
  const app = new Hono().use(...fence("")).route(
    "/",
    createGeneratedApp({
      schema,
      db,
      base: "/",
      assets: await loadAssets(),
      clock,
      onError: (error) => errors.push(error),
    }),
  );
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    db,
    errors,
    close: () => {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      db.close();
    },
  };
};
