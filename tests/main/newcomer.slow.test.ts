import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Newcomer, newcomer } from "./newcomer.ts";

let machine: Newcomer;
let server: ChildProcess | undefined;

beforeAll(async () => {
  machine = await newcomer({ node: "20.20.2", npm: "10" });
});
afterAll(async () => {
  if (server?.exitCode === null && server.signalCode === null) {
    server.kill();
    await once(server, "exit");
  }
  rmSync(machine.folder, { recursive: true, force: true });
});

test("installs by Node 20 and npm 10 without a compiler or a word of warning, starts, and ends with npm", async () => {
  expect(await machine.npm("install")).not.toMatch(/warn|error|EBADENGINE/i);
  server = machine.start();
  let said = "";
  for (const stream of [server.stdout, server.stderr])
    stream?.on("data", (part) => {
      said += String(part);
    });
  await expect.poll(() => said, { timeout: 120_000 }).toMatch(/\/sign-in\?token=\S+\n/);
  const link = new URL(/http:\S+\/sign-in\?token=\S+/.exec(said)?.[0] ?? "");
  expect((await fetch(new URL("/healthz", link))).status).toBe(200);
  expect((await fetch(link)).status).toBe(200);
  server.kill("SIGTERM");
  await once(server, "exit");
  await expect
    .poll(
      () =>
        fetch(new URL("/healthz", link)).then(
          () => "answers",
          () => "gone",
        ),
      { timeout: 20_000 },
    )
    .toBe("gone");
});
