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

// stack-kill.test.ts has the same at every call and step; these show that it is so of a real process, too.

/** Deploys all of them; the server is killed when the call arrives, which has its effect all the same. Then it is started again. */
const deployAndKillAt = async (
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

test.each(["application.create", "application.deploy"])(
  "kill -9 of two runs at %s, its effect done and its answer lost, leaves both complete with one of each",
  async (call) => {
    const name = `kill-${dokploy.projects.length}`;
    const before = counts();
    const wishes = [name, `${name}-beside`].map((one) => ({ ...detailed, name: one }));
    const runs = await deployAndKillAt(call, wishes);
    expect(runs.map(({ error }) => error)).toEqual([null, null]);
    expect(runs.map(({ state }) => state)).toEqual(["completed", "completed"]);
    expect(counts().map((count, index) => count - (before[index] ?? 0))).toEqual([2, 2, 2, 2, 2, 2]);
    expect(runs.map(({ recovery }) => recovery)).not.toEqual([null, null]);
  },
);

test("kill -9 in the middle of two rollbacks leaves nothing of the runs and all of others", async () => {
  const before = contents(dokploy);
  dokploy.behaviour.page = 503;
  const wishes = [{ name: "rolled-back" }, { name: "rolled-beside" }];
  const runs = await deployAndKillAt("application.delete", wishes);
  expect(runs.map(({ undoneAt }) => undoneAt)).not.toContain(null);
  dokploy.behaviour.page = 200;
  expect(contents(dokploy)).toEqual(before);
});

test("kill -9 in the middle of putting back two updates leaves both stacks as they were, with one deployment of that each", async () => {
  const wishes = [{ name: "first" }, { name: "second" }];
  await deployAndKillAt("project.all", wishes);
  const before = contents(dokploy);
  const orders = dokploy.deployments.length;
  dokploy.behaviour.page = 503;
  // The updates of both are the first two orders.
  const runs = await deployAndKillAt(
    "application.deploy",
    wishes.map((wish) => ({ ...wish, image: "milepost/hello:2" })),
    3,
  );
  dokploy.behaviour.page = 200;
  expect(runs.map(({ undoneAt }) => undoneAt)).not.toContain(null);
  expect(contents(dokploy)).toEqual(before);
  expect(dokploy.deployments).toHaveLength(orders + 4);
});
