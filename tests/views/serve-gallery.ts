import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pages } from "./pages.tsx";
import { statics } from "./statics.ts";

/** The policy that our pages must live with. */
export const policy =
  "default-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'";

/** Answers for the real style sheet, script and icon; false when the path is none of them. */
export const serveStatic = async (path: string, response: ServerResponse): Promise<boolean> => {
  const file = statics.get(path.replace("/static/", ""));
  if (file === null) return false;
  response.setHeader("Content-Type", file.type).end(file.plain);
  return true;
};

/** Serves every sample page with the real CSS and JavaScript on loopback; polls are answered with 204. */
export const serveGallery = async () => {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://gallery").pathname;
    const name = path.split("/").at(-1) ?? "";
    const page = path.startsWith("/pages/") ? pages[name] : undefined;
    response.setHeader("Content-Security-Policy", policy);
    if (await serveStatic(path, response)) return;
    if (page !== undefined) {
      response.setHeader("Content-Type", "text/html; charset=utf-8").end(String(page));
    } else if (path === "/") {
      const links = Object.keys(pages).map((one) => `<li><a href="/pages/${one}">${one}</a></li>`);
      response
        .setHeader("Content-Type", "text/html; charset=utf-8")
        .end(`<!doctype html><title>Gallery</title><ul>${links.join("")}</ul>`);
    } else {
      response.writeHead(204).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
};
