import { Hono } from "hono";
import { openSite } from "../web/site.ts";
import { type Figure, inTurns } from "./figure.ts";

const polls = 3_000;

/** A poll of an unchanged run by a signed-in browser, answered 204, beside a Hono app that says hello. */
export const benchPoll = async (): Promise<Figure> => {
  const site = await openSite();
  const { cookie } = site;
  const { runId } = await site.engine.start("colours", { name: "x" }, "bench");
  await site.engine.settled(runId, 5_000, new AbortController().signal);
  const version = await site.engine.version(runId);
  const hello = new Hono().get("/hello", (c) => c.text("hello"));
  const poll = new Request(`http://127.0.0.1/runs/${runId}/progress?v=${version}`, {
    headers: { cookie, "hx-request": "true", host: "127.0.0.1" },
  });
  const check = await site.app.fetch(poll);
  if (check.status !== 204) throw new Error(`an unchanged run answered ${check.status}`);
  const greet = new Request("http://127.0.0.1/hello");
  const ours = async () => {
    for (let i = 0; i < polls; i++) await site.app.fetch(poll);
  };
  const reference = async () => {
    for (let i = 0; i < polls; i++) await hello.fetch(greet);
  };
  const { ourMs, referenceMs } = await inTurns(ours, reference, 7);
  await site.close();
  return {
    what: "Poll an unchanged run: session, security headers, 204",
    unit: "µs",
    ours: (1000 * ourMs) / polls,
    reference: (1000 * referenceMs) / polls,
    than: "Hono hello, nothing else",
    more: "worse",
  };
};
