import { serve } from "@hono/node-server";
import { Hono } from "hono";

/** The least that a server on this stack can be. With an argument it also wakes once a second and does nothing. */
const app = new Hono().get("/", (c) => c.text("hello"));
serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () =>
  process.stdout.write("http://127.0.0.1/sign-in?token=none\n"),
);
if (process.argv[2] !== undefined) setInterval(() => {}, 1_000);
