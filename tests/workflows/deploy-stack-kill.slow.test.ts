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

const detailed = { volumes: "/workspace", environment: "staging" };

/** Deploys both; the server is killed when the call arrives, which has its effect all the same. Then it is started again. */
const deployAllAndKillAt = async (
  call: string,
  wishes: readonly Record<string, string>[],
  nth = 1,
): Promise<RunPicture[]> => {
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
  const usual = { connection, env: "A=1", healthEvery: "1", healthTimeout: "2" };
  const started = Promise.all(
    wishes.map((wish) =>
      server.json<{ id: string }>("POST", "/api/workflows/deploy-stack/runs", {
        values: { ...usual, ...wish },
      }),
    ),
  );
  const ids = (await started).map(({ id }) => id);
  await killed.promise;
  server = await startServer(dataDir, { sampleSite: false });
  const isOver = ({ state }: RunPicture) => ["completed", "failed", "undone"].includes(state);
  return Promise.all(ids.map((id) => untilRun(server, id, isOver)));
};

/** How much there is of all that a run makes. */
const counts = (): number[] => [
  dokploy.projects.length,
  dokploy.environments.length,
  dokploy.applications.length,
  dokploy.applications.flatMap(({ mounts }) => mounts).length,
  dokploy.domains.length,
  dokploy.deployments.length,
];

test.each([
  ["initializing", "project.all"],
  ["creating-project", "project.create"],
  ["getting-environment", "environment.create"],
  ["creating-application", "application.create"],
  ["configuring-application", "application.update"],
  ["configuring-application, before and after", "application.one"],
  ["configuring-application, its volume", "mounts.create"],
  ["creating-domain", "domain.create"],
  ["deploying, before the order", "docker.getServiceContainersByAppName"],
  ["deploying", "application.deploy"],
  ["deploying and watching", "deployment.readLogs"],
  ["verifying-health", "page"],
])(
  "kill -9 of two runs at %s, its effect done and its answer lost, leaves both complete with one of each",
  async (_phase, call) => {
    const name = `kill-${dokploy.projects.length}`;
    const before = counts();
    const wishes = [name, `${name}-beside`].map((one) => ({ ...detailed, name: one }));
    const runs = await deployAllAndKillAt(call, wishes);
    expect(runs.map(({ error }) => error)).toEqual([null, null]);
    expect(runs.map(({ state }) => state)).toEqual(["completed", "completed"]);
    expect(counts().map((count, index) => count - (before[index] ?? 0))).toEqual([2, 2, 2, 2, 2, 2]);
    expect(runs.map(({ recovery }) => recovery)).not.toEqual([null, null]);
  },
);

test.each(["domain.delete", "application.delete", "project.remove"])(
  "kill -9 at %s in the middle of two rollbacks leaves nothing of the runs and all of others",
  async (call) => {
    const before = contents(dokploy);
    dokploy.behaviour.page = 503;
    const runs = await deployAllAndKillAt(call, [{ name: "rolled-back" }, { name: "rolled-beside" }]);
    expect(runs.map(({ undoneAt }) => undoneAt)).not.toContain(null);
    dokploy.behaviour.page = 200;
    expect(contents(dokploy)).toEqual(before);
  },
);

test.each([
  ["application.cleanQueues", 1],
  // Image and variables of both, and then what was there before.
  ["application.update", 5],
  ["application.deploy", 3],
])(
  "kill -9 at %s in the middle of putting back two updates leaves both stacks as they were, with one deployment of that each",
  async (call, nth) => {
    const names = ["one", "two"].map((which) => `${which}-${call.slice(-6).toLowerCase()}`);
    await deployAllAndKillAt(
      "project.all",
      names.map((name) => ({ name })),
    );
    const before = contents(dokploy);
    const orders = dokploy.deployments.length;
    dokploy.behaviour.page = 503;
    const updates = names.map((name) => ({ name, image: "milepost/hello:2" }));
    const runs = await deployAllAndKillAt(call, updates, nth);
    dokploy.behaviour.page = 200;
    expect(runs.map(({ undoneAt }) => undoneAt)).not.toContain(null);
    expect(contents(dokploy)).toEqual(before);
    expect(dokploy.deployments).toHaveLength(orders + 4);
  },
);
