import { expect, test } from "vitest";
import type { RunWithSteps } from "#core/run.ts";
import type { DokployServer } from "../connectors/dokploy/dokploy-server.ts";
import { openWorld } from "../engine/world.ts";
import { addOthers, contents, ownServer, stackWorkflows } from "./deploy-stack-world.ts";
import { liveThroughDeaths } from "./through-deaths.ts";

/** Dozens of starts of a server. */
const timeout = 60_000;

const names = ["alpha", "beta"];

/** A server on which somebody else has a stack too, and where runs live through deaths. */
const deadlyServer = async () => {
  const server = await ownServer();
  await addOthers(server);
  // What was put back is sealed by one key, whatever process opens it.
  const secrets = { seal: (text: string) => text, open: (text: string) => text };
  const live = (workflow: string, more: Record<string, string> = {}, undo = false) =>
    liveThroughDeaths({
      workflows: (through) => stackWorkflows(server, through, { secrets, outageMs: 60_000 }),
      wishes: names.map((name) => [
        workflow,
        { name, ...(workflow === "deploy-stack" ? quick : {}), ...more },
      ]),
      undo,
    });
  return { server, live };
};
const detailed = { volumes: "/workspace", environment: "staging" };
const quick = { env: "A=1", healthEvery: "0.02", healthTimeout: "0.04" };

/** How much there is of all that a deployment makes. */
const counts = ({ projects, environments, applications, domains, services, deployments }: DokployServer) => {
  const mounts = applications.flatMap((one) => one.mounts);
  return [projects, environments, applications, mounts, domains, [...services], deployments].map(
    ({ length }) => length,
  );
};
const errorsOf = (runs: readonly RunWithSteps[]) => runs.map(({ run: { error } }) => error?.message ?? null);
const areUndone = (runs: readonly RunWithSteps[]) => runs.map(({ run: { undoneAt } }) => undoneAt !== null);

/** Both stacks, made without a death. */
const madeBoth = async (server: DokployServer) => {
  const world = await openWorld(stackWorkflows(server));
  for (const name of names) {
    const id = await world.start({ name, ...quick });
    expect((await world.until(id, "completed", "failed")).run.error).toBeNull();
  }
  await world.close();
};

test("kill -9 of two deployments at every call and step of both leaves two stacks, each with one of everything", {
  timeout,
}, async () => {
  const { server, live } = await deadlyServer();
  const before = counts(server);
  const { runs, deaths } = await live("deploy-stack", detailed);
  expect(errorsOf(runs)).toEqual([null, null]);
  expect(counts(server).map((count, index) => count - (before[index] ?? 0))).toEqual([2, 2, 2, 2, 2, 2, 2]);
  expect(deaths).toBeGreaterThanOrEqual(2 * 2 * 8);
});

test("kill -9 of two failing deployments at every call and step, rollbacks included, leaves nothing of them and all of others", {
  timeout,
}, async () => {
  const { server, live } = await deadlyServer();
  const before = contents(server);
  server.behaviour.deployment = "error";
  const { runs, deaths } = await live("deploy-stack", detailed);
  expect(areUndone(runs)).toEqual([true, true]);
  expect(contents(server)).toEqual(before);
  expect(server.environments).toEqual([]);
  expect(deaths).toBeGreaterThanOrEqual(2 * 2 * 7 + 2 * 2 * 3);
});

test("kill -9 of two updates that are not healthy, at every call and step, puts both back and deploys what was there once", {
  timeout,
}, async () => {
  const { server, live } = await deadlyServer();
  await madeBoth(server);
  const before = contents(server);
  server.behaviour.page = 503;
  const { runs } = await live("deploy-stack", { image: "milepost/hello:2" });
  expect(areUndone(runs)).toEqual([true, true]);
  expect(contents(server)).toEqual(before);
  expect(server.deployments).toHaveLength(2 + 2 * 2);
});

test("kill -9 of two removals at every call and step takes both stacks away and nothing else", {
  timeout,
}, async () => {
  const { server, live } = await deadlyServer();
  const before = contents(server);
  await madeBoth(server);
  const { runs, deaths } = await live("remove-stack");
  expect(errorsOf(runs)).toEqual([null, null]);
  expect(contents(server)).toEqual(before);
  expect(deaths).toBeGreaterThanOrEqual(2 * 2 * 4);
});
