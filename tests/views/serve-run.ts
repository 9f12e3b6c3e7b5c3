import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunPicture } from "#core/picture.ts";
import { RunLive, RunPage } from "#views/run.tsx";
import { pictures } from "./samples/pictures.ts";
import { now } from "./samples/steps.ts";
import { serveStatic } from "./serve-gallery.ts";

/** One run's page as the real server answers it, with the state in the test's hands. */
export const serveRun = async () => {
  let picture: RunPicture = pictures.waiting;
  let down = false;
  const posts: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://run");
    if (await serveStatic(pathname, response)) return;
    if (down) return void request.socket.destroy();
    const html = { "Content-Type": "text/html; charset=utf-8" };
    const live = { picture, now, handOver: false };
    if (request.method === "POST") {
      let body = "";
      for await (const chunk of request) body += chunk;
      posts.push(`${pathname} ${body}`);
      const error = { message: "There is no such project.", field: "project" };
      return void response.writeHead(422, html).end(String(RunLive({ ...live, error })));
    }
    if (pathname.endsWith("/progress")) {
      if (searchParams.get("v") === String(picture.version)) return void response.writeHead(204).end();
      return void response.writeHead(200, html).end(String(RunLive(live)));
    }
    response.writeHead(200, html).end(String(RunPage({ ...live, user: "admin", version: "1" })));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/runs/r1`,
    posts,
    /** The next poll gets this. */
    show: (next: RunPicture) => {
      picture = { ...next, version: picture.version + 1 };
    },
    /** From now on nobody answers, or again somebody does. */
    setDown: (is: boolean) => {
      down = is;
    },
    close: () => server.close(),
  };
};
