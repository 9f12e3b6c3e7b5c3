import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Newcomer, newcomer } from "./newcomer.ts";
import { token } from "./token.ts";

let machine: Newcomer;
const servers: ChildProcess[] = [];

beforeAll(async () => {
  machine = await newcomer({ node: "20.20.2", npm: "10" });
});
afterAll(async () => {
  for (const server of servers) {
    if (server.exitCode !== null || server.signalCode !== null) continue;
    server.kill();
    await once(server, "exit");
  }
  rmSync(machine.folder, { recursive: true, force: true });
});

/** The sign-in link that a server prints once it is there. */
const linkOf = async (server: ChildProcess): Promise<URL> => {
  servers.push(server);
  let said = "";
  for (const stream of [server.stdout, server.stderr])
    stream?.on("data", (part) => {
      said += String(part);
    });
  await expect.poll(() => said).toMatch(/\/sign-in\?token=\S+\n/);
  return new URL(/http:\S+\/sign-in\?token=\S+/.exec(said)?.[0] ?? "");
};

const isGone = (link: URL) =>
  fetch(new URL("/healthz", link)).then(
    () => false,
    () => true,
  );

/** npm passes a signal on and does not wait. */
const end = async (server: ChildProcess, link: URL) => {
  server.kill("SIGTERM");
  await once(server, "exit");
  await expect.poll(() => isGone(link)).toBe(true);
};

test("installs by Node 20 and npm 10 without a compiler or a word of warning, starts, and ends with npm", async () => {
  expect(await machine.npm("install")).not.toMatch(/warn|error|EBADENGINE/i);
  const server = machine.start();
  const link = await linkOf(server);
  expect((await fetch(new URL("/healthz", link))).status).toBe(200);
  expect((await fetch(link)).status).toBe(200);
  await end(server, link);
});

test("packed by npm pack it installs into an empty folder and serves there, its own servers and crawls included", async () => {
  await machine.installPacked();
  const server = machine.servePacked({ MILEPOST_API_TOKEN: token });
  const link = await linkOf(server);
  expect((await fetch(new URL("/readyz", link))).status).toBe(200);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const started = await fetch(new URL("/api/workflows/botify-export/runs", link), {
    method: "POST",
    headers,
    body: JSON.stringify({ values: { connection: "this-machine" } }),
  });
  expect(started.status).toBe(202);
  const at = new URL(started.headers.get("location") ?? "", link);
  // Its projects are asked of one child process, and the first of them was crawled by another.
  await expect.poll(async () => (await fetch(at, { headers })).text()).toContain("sample-site");
  await end(server, link);
});
