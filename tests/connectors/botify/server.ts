import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Clock } from "#core/clock.ts";

export interface Request {
  method: string;
  url: URL;
  authorization: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

export type Answer = (request: Request, response: ServerResponse) => void;

/** A real server on loopback for one test; it remembers what it was asked. */
export const serve = async (
  answer: Answer,
  host = "127.0.0.1",
): Promise<{ origin: string; requests: Request[] }> => {
  const requests: Request[] = [];
  const server = createServer(async (incoming, response) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    const request: Request = {
      method: incoming.method ?? "",
      url: new URL(incoming.url ?? "/", "http://here"),
      authorization: incoming.headers.authorization,
      headers: incoming.headers,
      body,
    };
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://${host}:${(server.address() as AddressInfo).port}`, requests };
};

export const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

export const tempFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-botify-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** Waits in real time, a hundred times faster than it says, and remembers how long it was asked to wait. */
export const hurriedClock = (): Clock & { waits: number[] } => {
  const start = Date.now();
  const waits: number[] = [];
  return {
    waits,
    now: () => start + (Date.now() - start) * 100,
    after: (ms, call) => {
      waits.push(ms);
      const timer = setTimeout(call, ms / 100);
      return () => clearTimeout(timer);
    },
  };
};
