import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createGeneratedApp } from "./app.tsx";
import { askedBy } from "./asker.ts";
import { loadAssets } from "./assets.ts";
import { checkSchema } from "./check-schema.ts";
import { createIndexes, createTables } from "./database.ts";
import { fence } from "./fence.ts";
import { openDatabase } from "./sqlite.ts";

// The project of a downloaded app: schema.json and data/ lie beside the folder that this file is in.
const folder = fileURLToPath(new URL("../", import.meta.url));
const { HOST: host = "127.0.0.1", PORT: port = "3000", APP_PASSWORD: password = "" } = process.env;

/** Says why it cannot start, and ends. */
const giveUp = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

if (!/^\d{1,5}$/.test(port)) giveUp(`PORT must be a number, not “${port}”.`);
if (password === "" && !/^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host))
  giveUp(
    "Others could reach this app: set APP_PASSWORD too, and it will ask for it (the user name does not matter).",
  );

const schema = checkSchema(JSON.parse(readFileSync(`${folder}schema.json`, "utf8")));
mkdirSync(`${folder}data`, { recursive: true, mode: 0o700 });
const db = openDatabase(`${folder}data/app.sqlite`);
createTables(db, schema);
createIndexes(db, schema);

/** Whoever signs in with the password may say who they are. */
const userIn = (header = ""): string =>
  Buffer.from(/^basic (.+)$/i.exec(header)?.[1] ?? "", "base64")
    .toString()
    .split(":")[0] ?? "";

const app = new Hono()
  .use(...fence(password))
  .use((c, next) =>
    askedBy({ language: null, name: userIn(c.req.header("Authorization")).slice(0, 80) }, next),
  )
  .route(
    "/",
    createGeneratedApp({
      schema,
      db,
      base: "/",
      assets: await loadAssets(),
      clock: { now: () => Date.now(), newId: () => randomUUID() },
      onError: (error) => process.stderr.write(`${error instanceof Error ? error.stack : error}\n`),
    }),
  );

const server = serve({ fetch: app.fetch, hostname: host, port: Number(port) }, (at) => {
  process.stdout.write(
    `${schema.title} is at http://${host.includes(":") ? `[${host}]` : host}:${at.port}/\n`,
  );
});
server.once("error", (error) => giveUp(`${schema.title} cannot start: ${error.message}`));

const stop = () => {
  server.close();
  if ("closeAllConnections" in server) server.closeAllConnections();
  db.close();
};
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
