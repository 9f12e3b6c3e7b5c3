import { expect, test } from "vitest";
import { visit } from "#connectors/dokploy/visit.ts";
import { closedPort, never, serve, serveTls } from "../http/servers.ts";

const look = (url: string, timeLimitMs = 5_000) => visit(url, never, { timeLimitMs });

test.each([200, 204, 302])(
  "an answer of %i is healthy, under a name of localhost that no resolver knows",
  async (status) => {
    const hosts: (string | undefined)[] = [];
    const { port } = await serve((request, response) => {
      hosts.push(request.headers.host);
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
    expect(await look(`http://demo.apps.localhost:${port}/`)).toEqual({ healthy: true, status });
    expect(hosts).toEqual([`demo.apps.localhost:${port}`]);
  },
);

test("a page without an end is healthy as soon as it begins", async () => {
  const { port } = await serve((_, response) => void response.writeHead(200).write("a beginning"));
  expect(await look(`http://demo.localhost:${port}/`)).toEqual({ healthy: true, status: 200 });
});

test.each([
  [404, /does not know this host yet/],
  [502, /the application does not answer it yet/],
  [503, /the application does not answer it yet/],
  [500, /answers 500 instead of a page/],
])("an answer of %i is told apart", async (status, sentence) => {
  const { port } = await serve((_, response) => void response.writeHead(status).end());
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
  const { port } = await serveTls((_, response) => response.end("hello"));
  expect(await look(`https://demo.localhost:${port}/`)).toMatchObject({
    healthy: false,
    why: "tls",
    sentence: expect.stringContaining("is not issued yet (DEPTH_ZERO_SELF_SIGNED_CERT)"),
  });
});

test("a closed port is told as refused", async () => {
  const port = await closedPort();
  expect(await look(`http://demo.localhost:${port}/`)).toMatchObject({ healthy: false, why: "refused" });
});

test("an address where clouds keep the keys of their machines is not looked at", async () => {
  expect(await look("http://169.254.169.254/")).toMatchObject({ healthy: false, why: "out-of-reach" });
});

test("a page that says nothing is told as silent, within the time limit", async () => {
  const { port } = await serve(() => {});
  expect(await look(`http://demo.localhost:${port}/`, 100)).toMatchObject({ healthy: false, why: "silent" });
});

test("a connection that breaks is told as broken", async () => {
  const { port } = await serve((request) => request.socket.destroy());
  expect(await look(`http://demo.localhost:${port}/`)).toMatchObject({ healthy: false, why: "broken" });
});

test("a look that is called off ends at once", async () => {
  const asked = Promise.withResolvers<void>();
  const { port } = await serve(() => asked.resolve());
  const stop = new AbortController();
  const looking = visit(`http://demo.localhost:${port}/`, stop.signal, { timeLimitMs: 60_000 });
  await asked.promise;
  stop.abort();
  await expect(looking).rejects.toMatchObject({ code: "cancelled" });
});
