import { fork } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { startDokploySandbox } from "#sandbox/dokploy/server.ts";
import { alive, folder, openSandbox, until } from "./world.ts";

test("a restart keeps key, addresses and rows, and starts again what ran", async () => {
  const dataDir = await folder();
  const first = await openSandbox({ dataDir });
  const { applicationId, host } = await first.prepare("milepost/hello");
  await first.deploy(applicationId);
  await until(async () => (await first.visit(host)).status === 200);
  const projects = await first.get("project.all");
  const pid = first.services()[0]?.pid ?? 0;
  await first.close();
  expect(alive(pid)).toBe(false);

  const second = await openSandbox({ dataDir });
  expect(second).toMatchObject({ url: first.url, apiKey: first.apiKey, proxyPort: first.proxyPort });
  expect(await second.get("project.all")).toEqual(projects);
  expect(await second.deployments(applicationId)).toMatchObject([{ title: "a deployment", status: "done" }]);
  await until(async () => (await second.visit(host)).status === 200);
});

test("what was stopped stays stopped after a restart", async () => {
  const dataDir = await folder();
  const first = await openSandbox({ dataDir });
  const { applicationId, host, appName } = await first.prepare("milepost/hello");
  await first.deploy(applicationId);
  await first.post("application.stop", { applicationId });
  await first.close();
  const second = await openSandbox({ dataDir });
  expect(second.services()).toEqual([{ appName, pid: null }]);
  expect(await second.visit(host)).toMatchObject({ status: 502 });
});

test("a deployment that a restart cut off is cancelled, and what waited is lost", async () => {
  const dataDir = await folder();
  const first = await openSandbox({ dataDir });
  const { applicationId } = await first.prepare("milepost/hello");
  first.faults.pullMs = 60_000;
  await first.post("application.deploy", { applicationId, title: "cut off" });
  await first.post("application.deploy", { applicationId, title: "lost" });
  await until(async () => (await first.deployments(applicationId)).length === 1);
  await first.close();
  const second = await openSandbox({ dataDir });
  expect(await second.deployments(applicationId)).toMatchObject([{ title: "cut off", status: "cancelled" }]);
  expect(await second.queue()).toEqual([]);
  expect((await second.get("application.one", { applicationId })).body).toMatchObject({
    applicationStatus: "idle",
  });
});

test("a server that is killed takes its containers with it", async () => {
  const dataDir = await folder();
  const first = await openSandbox({ dataDir });
  const { applicationId } = await first.prepare("milepost/hello");
  await first.deploy(applicationId);
  await first.close();

  const server = fork(fileURLToPath(new URL("./child.ts", import.meta.url)), [dataDir], { execArgv: [] });
  onTestFinished(() => void server.kill("SIGKILL"));
  let pid: number | null = null;
  server.on("message", (message) => {
    pid = told.parse(message).services[0]?.pid ?? null;
  });
  const container = await until(async () => pid);
  expect(alive(container)).toBe(true);
  server.kill("SIGKILL");
  await once(server, "exit");
  await until(async () => !alive(container));
});

test("a port that was asked for and is taken is an error; the one of the last time is given up for another", async () => {
  const dataDir = await folder();
  const first = await openSandbox({ dataDir });
  await first.close();
  const port = Number(new URL(first.url).port);
  const squatter = createServer().listen(port, "127.0.0.1");
  await once(squatter, "listening");
  onTestFinished(() => void squatter.close());
  await expect(startDokploySandbox({ dataDir, port })).rejects.toThrow("EADDRINUSE");
  const second = await openSandbox({ dataDir });
  expect(second.url).not.toBe(first.url);
  expect((await second.get("project.all")).status).toBe(200);
});

test("only the owner of the folder can read key and variables", async () => {
  const dataDir = await folder();
  await openSandbox({ dataDir });
  expect(await readdir(dataDir)).toEqual(["dokploy.json"]);
  expect((await stat(dataDir)).mode & 0o077).toBe(0);
  expect((await stat(join(dataDir, "dokploy.json"))).mode & 0o077).toBe(0);
});

const told = z.object({ services: z.array(z.object({ pid: z.number().nullable() })) });
