import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunPicture } from "#core/picture.ts";
import { type DokployServer, startDokployServer } from "../connectors/dokploy/dokploy-server.ts";
import { addConnectionOf, type ServerProcess, startServer, untilRun } from "../main/server-process.ts";
import { addOthers, contents } from "./deploy-stack-world.ts";

let dokploy: DokployServer;
let dataDir: string;
let server: ServerProcess;
let connection: string;

beforeAll(async () => {
  dokploy = await startDokployServer();
  await addOthers(dokploy);
  dataDir = await mkdtemp(join(tmpdir(), "milepost-stack-"));
  server = await startServer(dataDir, { sampleSite: false });
  connection = await addConnectionOf(server, connectionValues());
});
afterAll(async () => {
  await server.kill();
  await dokploy.close();
  await rm(dataDir, { recursive: true, force: true });
});

const connectionValues = (): Record<string, string> => ({
  kind: "dokploy",
  name: "Dokploy",
  baseUrl: dokploy.url,
  apiKey: dokploy.apiKey,
  image: "milepost/hello",
  domainSuffix: "apps.localhost",
  port: "8080",
  https: "no",
  publicPort: String(dokploy.publicPort),
});

/** Deploys; the server is killed when the call arrives, which has its effect all the same. Then it is started again. */
const deployAndKillAt = async (
  call: string,
  name: string,
  { nth = 1, image = "" }: { nth?: number; image?: string } = {},
): Promise<RunPicture> => {
  const killed = Promise.withResolvers<void>();
  let left = nth;
  dokploy.arrived = async (arrived) => {
    if (arrived !== call || --left > 0) return;
    dokploy.arrived = () => {};
    // The first call may come sooner than the answer to who started the run.
    await started;
    await server.kill();
    killed.resolve();
  };
  const values = { connection, name, image, env: "A=1", healthEvery: "1", healthTimeout: "2" };
  const started = server.json<{ id: string }>("POST", "/api/workflows/deploy-stack/runs", { values });
  const { id } = await started;
  await killed.promise;
  server = await startServer(dataDir, { sampleSite: false });
  return untilRun(
    server,
    id,
    ({ state }) => state === "completed" || state === "failed" || state === "undone",
  );
};

test.each([
  ["initializing", "project.all"],
  ["creating-project", "project.create"],
  ["getting-environment", "environment.byProjectId"],
  ["creating-application", "application.create"],
  ["configuring-application", "application.update"],
  ["configuring-application, before and after", "application.one"],
  ["creating-domain", "domain.create"],
  ["deploying, before the order", "docker.getServiceContainersByAppName"],
  ["deploying", "application.deploy"],
  ["deploying and watching", "deployment.readLogs"],
  ["verifying-health", "page"],
])(
  "kill -9 at %s, its effect done and its answer lost, leaves a run that completes with one of each",
  async (_phase, call) => {
    const name = `kill-${dokploy.projects.length}`;
    const before = [dokploy.projects, dokploy.applications, dokploy.domains, dokploy.deployments].map(
      ({ length }) => length,
    );
    const run = await deployAndKillAt(call, name);
    expect(run.error).toBeNull();
    expect(run.state).toBe("completed");
    const after = [dokploy.projects, dokploy.applications, dokploy.domains, dokploy.deployments].map(
      ({ length }) => length,
    );
    expect(after.map((length, index) => length - (before[index] ?? 0))).toEqual([1, 1, 1, 1]);
    expect(run.recovery).not.toBeNull();
  },
);

test.each(["domain.delete", "application.delete", "project.remove"])(
  "kill -9 at %s in the middle of a rollback leaves nothing of the run and all of others",
  async (call) => {
    const before = contents(dokploy);
    dokploy.behaviour.page = 503;
    const run = await deployAndKillAt(call, "rolled-back");
    expect(run.undoneAt).not.toBeNull();
    dokploy.behaviour.page = 200;
    expect(contents(dokploy)).toEqual(before);
  },
);

test.each([
  ["application.cleanQueues", 1],
  // Image, variables, and then what was there before.
  ["application.update", 3],
  ["application.deploy", 2],
])(
  "kill -9 at %s in the middle of putting back an update leaves the stack as it was, with one deployment of that",
  async (call, nth) => {
    const name = `back-${call.slice(-6).toLowerCase()}`;
    await deployAndKillAt("project.all", name);
    const before = contents(dokploy);
    const orders = dokploy.deployments.length;
    dokploy.behaviour.page = 503;
    const run = await deployAndKillAt(call, name, { nth, image: "milepost/hello:2" });
    dokploy.behaviour.page = 200;
    expect(run.undoneAt).not.toBeNull();
    expect(contents(dokploy)).toEqual(before);
    expect(dokploy.deployments).toHaveLength(orders + 2);
  },
);
