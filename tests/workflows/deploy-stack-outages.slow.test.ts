import { expect, onTestFinished, test } from "vitest";
import { openWorld, stepOf } from "../engine/world.ts";
import { addOthers, contents, ownServer, stackWorkflow } from "./deploy-stack-world.ts";

/** A world over a server that falls silent: what it is asked is answered by errors that pass. */
const silentWorld = async (outageMs: number) => {
  const server = await ownServer();
  await addOthers(server);
  const world = await openWorld([stackWorkflow(server, undefined, { outageMs })]);
  onTestFinished(() => world.close());
  /** So many calls fail from the moment on that `after` arrives: three are one try, the client's own repetitions included. */
  const silence = (call: string, { after = call, times = 9 } = {}) => {
    server.arrived = (arrived) => {
      if (arrived !== after) return;
      server.arrived = () => {};
      server.fault(call, 500, times);
    };
  };
  const deploy = (values: Record<string, string> = {}) =>
    world.start({ name: "demo", healthEvery: "0.02", healthTimeout: "0.02", env: "A=1", ...values });
  return { server, world, silence, deploy };
};

test.each([
  ["Create the project", "project.create", "project.create"],
  ["Get the environment", "environment.byProjectId", "environment.byProjectId"],
  ["Create the application", "environment.byProjectId", "application.create"],
  ["Configure the application", "application.one", "application.one"],
  ["Configure the application, half done", "application.one", "application.update"],
  ["Create the domain", "domain.byApplicationId", "domain.byApplicationId"],
  ["Deploy, before the order", "docker.getServiceContainersByAppName", "deployment.all"],
  ["Deploy", "deployment.all", "application.deploy"],
  ["Verify that it is healthy", "docker.getServiceContainersByAppName", "deployment.readLogs"],
])(
  "a Dokploy that falls silent in “%s” is waited for, and each thing is made once",
  async (_, call, after) => {
    const { server, world, silence, deploy } = await silentWorld(60_000);
    silence(call, { after });
    const { run } = await world.until(await deploy(), "completed", "failed");
    expect(run.error).toBeNull();
    const { projects, applications, domains, services } = contents(server);
    expect([projects, applications, domains, services].map(({ length }) => length)).toEqual([2, 2, 2, 1]);
    expect(server.deployments).toHaveLength(1);
  },
);

test("while Dokploy is silent a step holds no worker, and its page can say since when", async () => {
  const { world, silence, deploy } = await silentWorld(60_000);
  silence("domain.byApplicationId", { times: Number.POSITIVE_INFINITY });
  const id = await deploy();
  const at = await world.when(
    id,
    ({ run, steps }) => run.claimedBy === null && steps.some(({ attempt }) => attempt > 4),
  );
  const step = stepOf(at, "creating-domain");
  expect(step).toMatchObject({ state: "waiting", waiting: { for: "retry" } });
  expect(step.waiting?.word).toMatch(/^Dokploy failed when it should list the application's domains/);
  expect(step.startedAt).toBeLessThanOrEqual(step.waiting?.since ?? 0);
});

test("a silence that outlasts its limit ends the run with how long it was tried, and a retry goes on", async () => {
  const { server, world, silence, deploy } = await silentWorld(20);
  silence("application.one", { times: Number.POSITIVE_INFINITY });
  const id = await deploy({ keepFailed: "on" });
  const { run } = await world.until(id, "failed");
  expect(run.error).toMatchObject({ stepId: "configuring-application" });
  expect(run.error?.message).toMatch(/It was tried [4-9] times within \d+ s\.$/);
  server.clearFaults();
  await world.engine.retry(id, "Ada");
  expect((await world.until(id, "completed", "failed")).run.error).toBeNull();
});

test("an outage of Dokploy is no time in which a stack was not healthy", async () => {
  const { server, world, deploy } = await silentWorld(60_000);
  server.behaviour.page = 503;
  server.arrived = (arrived) => {
    // One look is all the time that it is given; the silence lasts for three.
    if (arrived === "deployment.readLogs") server.fault("docker.getServiceContainersByAppName", 500, 9);
    if (arrived !== "page") return;
    server.arrived = () => {
      server.behaviour.page = 200;
    };
  };
  const { run } = await world.until(await deploy(), "completed", "failed");
  expect(run.outcome?.sentence).toMatch(/^“demo” is deployed: .* answers with 200\.$/);
});

test("a rollback waits for a Dokploy that is away instead of failing, and then leaves nothing", async () => {
  const { server, world, silence, deploy } = await silentWorld(60_000);
  const before = contents(server);
  server.behaviour.deployment = "error";
  silence("project.all", { after: "deployment.readLogs", times: 20 });
  const id = await deploy();
  const { run } = await world.when(
    id,
    ({ run: { state, undoneAt } }) => state === "failed" && undoneAt !== null,
  );
  expect(run.error?.message).toMatch(/pull access denied/);
  expect(contents(server)).toEqual(before);
});

test("an undo that found Dokploy away for too long says how long it tried, and is done when it is asked for again", async () => {
  const { server, world, deploy } = await silentWorld(20);
  const before = contents(server);
  const id = await deploy();
  await world.until(id, "completed");
  server.fault("project.all", 500);
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "failed");
  expect(run.error?.message).toMatch(
    /^Undoing “Create the domain” failed: .* It was tried [4-9] times within \d+ s\./,
  );
  expect(contents(server).projects).not.toEqual(before.projects);
  server.clearFaults();
  await world.engine.undo(id, "Ada");
  await world.when(id, (at) => at.run.undoneAt !== null);
  expect(contents(server)).toEqual(before);
});
