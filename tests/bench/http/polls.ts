import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import { listen } from "../../web/listen.ts";
import { openSite, presetToken } from "../../web/site.ts";
import { type Figure, figureOf, type Rounds } from "../figure.ts";
import { openHammer } from "./cost.ts";

const rounds = 7;
const requests = 1_500;
const connections = 16;

/**
 * What this whole process needs for a request over HTTP, beside a Hono app that says hello through the same server; the load comes from a
 * process of its own. Both run in this process, so that both find the same warm machine.
 */
export const benchPolls = async (): Promise<Figure[]> => {
  const site = await openSite();
  const server = await listen(site);
  const hello = serve({
    fetch: new Hono().get("/hello", (c) => c.text("hello")).fetch,
    hostname: "127.0.0.1",
    port: 0,
  });
  const hammer = openHammer();
  const id = await site.asking();
  const v = (await site.engine.version(id)) ?? 0;
  const byCookie = `Cookie: ${site.cookie}\r\n`;
  const ask = (port: number, path: string, credentials = byCookie) => ({
    port,
    connections,
    count: requests,
    request: `GET ${path} HTTP/1.1\r\n${browserHeaders}${credentials}\r\n`,
  });
  const { port } = new URL(server.origin);
  const ours = (path: string, credentials?: string) => ask(Number(port), path, credentials);
  const kinds = [
    {
      what: "Poll an unchanged run, signed in by a browser's session",
      blows: ours(routes.progress.href({ id }, { v })),
      status: 204,
    },
    {
      what: "The same by a token",
      blows: ours(routes.progress.href({ id }, { v }), `Authorization: Bearer ${presetToken}\r\n`),
      status: 204,
    },
    {
      what: "Poll a changed run whose change was drawn for somebody else",
      blows: ours(routes.progress.href({ id }, { v: 0 })),
      status: 200,
    },
    {
      what: "Ask the API for the workflows: any small request through the whole house",
      blows: ours(routes.api.workflows.href()),
      status: 200,
    },
  ];
  const greet = ask((hello.address() as AddressInfo).port, "/hello");
  const reference: number[] = [];
  const costs = kinds.map((): number[] => []);
  // The first round is not counted.
  for (let round = -1; round < rounds; round += 1) {
    const greeted = await hammer.costUs(greet, 200);
    if (round >= 0) reference.push(greeted);
    for (const [at, { blows, status }] of kinds.entries()) {
      const cost = await hammer.costUs(blows, status);
      if (round >= 0) costs[at]?.push(cost);
    }
  }
  hammer.close();
  hello.close();
  server.close();
  await site.close();
  return kinds.map(({ what }, at) =>
    figureOf({ what, unit: "µs", than: "Hono hello", more: "worse" }, {
      ours: costs[at] ?? [],
      reference,
    } satisfies Rounds),
  );
};

const browserHeaders = [
  "Host: localhost:3000",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  "Accept: text/html",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "HX-Request: true",
  "Sec-Fetch-Site: same-origin",
  "",
].join("\r\n");
