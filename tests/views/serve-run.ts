import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunPicture } from "#core/picture.ts";
import type { RunView } from "#views/run/parts.tsx";
import { RunSwaps } from "#views/run/swaps.tsx";
import { RunPage } from "#views/run.tsx";
import { type Drawing, draw, lacking, readSeen, seenOf, withTyped } from "#web/live/drawing.tsx";
import { pictures } from "./samples/pictures.ts";
import { now } from "./samples/steps.ts";
import { serveStatic } from "./serve-gallery.ts";
import { statics } from "./statics.ts";

/** One run's page as the real server answers it, with the state in the test's hands. */
export const serveRun = async () => {
  const viewOf = (shown: RunPicture): RunView => ({ picture: shown, now: null, handOver: false });
  let picture: RunPicture = pictures.waiting;
  let drawing: Drawing = draw(viewOf(picture), null, () => "served");
  let down = false;
  let accepted: RunPicture | null = null;
  const posts: string[] = [];
  const show = (next: RunPicture) => {
    picture = { ...next, version: picture.version + 1 };
    drawing = draw(viewOf(picture), drawing, () => "served");
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://run");
    if (await serveStatic(pathname, response)) return;
    if (down) return void request.socket.destroy();
    const html = { "Content-Type": "text/html; charset=utf-8" };
    if (request.method === "POST") {
      let body = "";
      for await (const chunk of request) body += chunk;
      posts.push(`${pathname} ${body}`);
      const told = String(request.headers["milepost-seen"]).replace(/^.*&seen=/, "");
      if (accepted !== null) {
        show(accepted);
        accepted = null;
        return void response.writeHead(200, html).end(String(RunSwaps(lacking(drawing, readSeen(told)))));
      }
      const error = { message: "There is no such project.", field: "project" };
      const lacks = withTyped(lacking(drawing, readSeen(told)), { ...viewOf(picture), error });
      return void response.writeHead(422, html).end(String(RunSwaps(lacks)));
    }
    if (pathname.endsWith("/progress")) {
      if (searchParams.get("v") === String(picture.version)) return void response.writeHead(204).end();
      const lacks = lacking(drawing, readSeen(searchParams.get("seen") ?? ""));
      return void response.writeHead(200, html).end(String(RunSwaps(lacks)));
    }
    const page = {
      user: { name: "admin", role: "admin" as const },
      version: statics.version,
      seen: seenOf(drawing),
      handOver: false,
    };
    response.writeHead(200, html).end(String(RunPage({ ...page, picture, now })));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/runs/r1`,
    posts,
    /** The next poll gets this. */
    show,
    /** The next form is accepted and leads to this; others are refused. */
    accept: (next: RunPicture) => {
      accepted = next;
    },
    /** From now on nobody answers, or again somebody does. */
    setDown: (is: boolean) => {
      down = is;
    },
    close: () => server.close(),
  };
};
