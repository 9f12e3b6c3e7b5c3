import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { visit } from "#connectors/dokploy/visit.ts";
import { defaultCertificate } from "./default-certificate.ts";

const never = new AbortController().signal;

const portOf = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

const page = async (answer: RequestListener): Promise<number> => {
  const server = createServer(answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return portOf(server);
};

const look = (url: string, timeLimitMs = 5_000) => visit(url, never, { timeLimitMs });

test.each([200, 204, 302])(
  "an answer of %i is healthy, under a name of localhost that no resolver knows",
  async (status) => {
    const hosts: (string | undefined)[] = [];
    const port = await page((request, response) => {
      hosts.push(request.headers.host);
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
    expect(await look(`http://demo.apps.localhost:${port}/`)).toEqual({ healthy: true, status });
    expect(hosts).toEqual([`demo.apps.localhost:${port}`]);
  },
);

test("a page without an end is healthy as soon as it begins", async () => {
  const port = await page((_, response) => void response.writeHead(200).write("a beginning"));
  expect(await look(`http://demo.localhost:${port}/`)).toEqual({ healthy: true, status: 200 });
});

test.each([
  [404, /does not know this host yet/],
  [502, /the application does not answer it yet/],
  [503, /the application does not answer it yet/],
  [500, /answers 500 instead of a page/],
])("an answer of %i is told apart", async (status, sentence) => {
  const port = await page((_, response) => void response.writeHead(status).end());
  expect(await look(`http://demo.localhost:${port}/`)).toMatchObject({
    healthy: false,
    why: "status",
    sentence: expect.stringMatching(sentence),
  });
});

test("a name that does not resolve is told as such", async () => {
  // Labels have at most 63 letters, so this one is refused without a question to any server.
  const host = `${"a".repeat(64)}.example.org`;
  expect(await look(`http://${host}/`)).toMatchObject({
    healthy: false,
    why: "dns",
    sentence: expect.stringContaining("does not resolve"),
  });
});

test("a certificate that is not issued yet is told as such", async () => {
  const server = createTlsServer(defaultCertificate, (_, response) => response.end("hello"));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = await portOf(server);
  expect(await look(`https://demo.localhost:${port}/`)).toMatchObject({
    healthy: false,
    why: "tls",
    sentence: expect.stringContaining("is not issued yet (DEPTH_ZERO_SELF_SIGNED_CERT)"),
  });
});

test("a closed port is told as refused", async () => {
  const server = createTcpServer();
  const port = await portOf(server);
  server.close();
  await once(server, "close");
  expect(await look(`http://demo.localhost:${port}/`)).toMatchObject({ healthy: false, why: "refused" });
});

test("a page that says nothing is told as silent, within the time limit", async () => {
  const port = await page(() => {});
  expect(await look(`http://demo.localhost:${port}/`, 100)).toMatchObject({ healthy: false, why: "silent" });
});

test("a connection that breaks is told as broken", async () => {
  const port = await page((request) => request.socket.destroy());
  expect(await look(`http://demo.localhost:${port}/`)).toMatchObject({ healthy: false, why: "broken" });
});

test("a look that is called off ends at once", async () => {
  const asked = Promise.withResolvers<void>();
  const port = await page(() => asked.resolve());
  const stop = new AbortController();
  const looking = visit(`http://demo.localhost:${port}/`, stop.signal, { timeLimitMs: 60_000 });
  await asked.promise;
  stop.abort();
  await expect(looking).rejects.toMatchObject({ code: "cancelled" });
});
