import { expect, test } from "vitest";
import type { Fault } from "../connectors/dokploy/dokploy-server.ts";
import { stepOf } from "../engine/world.ts";
import { contents, ownWorld, phases, type StackWorld } from "./deploy-stack-world.ts";

/** The call that a phase rests on. */
const callOf = {
  initializing: "project.all",
  "creating-project": "project.create",
  "getting-environment": "environment.byProjectId",
  "creating-application": "application.create",
  "configuring-application": "application.update",
  "creating-domain": "domain.create",
  deploying: "application.deploy",
} as const;

type Phase = keyof typeof callOf;
const faulty = Object.keys(callOf) as Phase[];
const failing: readonly Fault[] = [401, 404, 409, 500, "html", "cut", "hang"];
/** Phases whose call is asked for its answer, so that an empty one is a failure. */
const needsAnswer = faulty.filter((phase) => phase !== "configuring-application" && phase !== "deploying");

/** What failed there half-way is looked for and removed too. */
const undoable: ReadonlySet<string> = new Set([
  "creating-project",
  "getting-environment",
  "creating-application",
  "configuring-application",
  "creating-domain",
]);

const codes: Record<string, string> = {
  401: "remote-refused",
  404: "not-found",
  409: "conflict",
  500: "remote-failed",
  html: "remote-odd",
  empty: "remote-odd",
  cut: "unreachable",
  hang: "timed-out",
};

const expectRolledBack = async (world: StackWorld, phase: (typeof phases)[number], code: string) => {
  const before = contents(world.server);
  const id = await world.deploy({ env: "A=1" });
  const at = await world.over(id);
  const failedAt = stepOf(at, phase);
  expect(at.run.error).toMatchObject({ stepId: phase, code });
  expect(at.run.error?.message).toMatch(/^[A-Z“0-9].*[.”]$/s);
  expect(failedAt.state).toBe(undoable.has(phase) ? "undone" : "failed");
  expect(at.run.state).toBe("failed");
  const made = phases.indexOf(phase) > phases.indexOf("initializing");
  expect(at.run.undoneAt !== null).toBe(made);
  world.server.clearFaults();
  expect(contents(world.server)).toEqual(before);
  expect(world.server.wrong).toEqual([]);
};

test.each(faulty.flatMap((phase) => failing.map((fault) => [phase, fault] as const)))(
  "at %s a Dokploy that answers %s fails the run there; nothing of it is left, nothing of others is touched",
  async (phase, fault) => {
    const world = await ownWorld();
    world.server.fault(callOf[phase], fault);
    await expectRolledBack(world, phase, codes[fault] ?? "");
  },
);

test.each(needsAnswer)(
  "at %s an empty answer fails the run there, and what it made unseen is removed",
  async (phase) => {
    const world = await ownWorld();
    world.server.fault(callOf[phase], "empty");
    await expectRolledBack(world, phase, "remote-odd");
  },
);

test("a deployment that fails tells its reason from the log and is rolled back", async () => {
  const world = await ownWorld();
  world.server.behaviour.deployment = "error";
  await expectRolledBack(world, "deploying", "remote-failed");
});

test.each([401, 404, 409, 500, 503, "hang", "cut"] as const)(
  "a stack whose page never does but %s is not healthy and is rolled back",
  async (page) => {
    const world = await ownWorld();
    world.server.behaviour.page = page;
    await expectRolledBack(world, "verifying-health", "timed-out");
  },
);

test.each(faulty.slice(1))(
  "cancelled at %s while a call is on its way, undo still finds and removes what the call made",
  async (phase) => {
    const world = await ownWorld();
    const before = contents(world.server);
    const { server } = world;
    const arrived = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const id = await world.deploy({ env: "A=1" });
    server.arrived = (call) => {
      if (call !== callOf[phase]) return;
      server.arrived = () => {};
      arrived.resolve();
      return goOn.promise;
    };
    await arrived.promise;
    await world.engine.cancel(id, "Ada");
    await world.until(id, "cancelled");
    goOn.resolve();
    await expect.poll(() => server.calls.length - server.answered).toBe(0);
    await world.engine.undo(id, "Ada");
    expect((await world.until(id, "undone", "failed", "cancelled")).run.undoneAt).not.toBeNull();
    expect(contents(server)).toEqual(before);
  },
);

test.each(faulty.flatMap((phase) => (["lost", "lost-500"] as const).map((fault) => [phase, fault] as const)))(
  "at %s a lost answer (%s) is got over: what happened is found, and nothing is made twice",
  async (phase, fault) => {
    const world = await ownWorld();
    world.server.fault(callOf[phase], fault, 1);
    const { run } = await world.over(await world.deploy({ env: "A=1" }));
    expect(run).toMatchObject({ state: "completed", error: null });
    const { projects, applications, domains } = contents(world.server);
    expect([projects.length, applications.length, domains.length]).toEqual([2, 2, 2]);
    expect(world.server.deployments).toHaveLength(1);
  },
);

test("what was made although its answer was lost is this run's own: a failure later removes it", async () => {
  const world = await ownWorld();
  for (const call of ["project.create", "application.create", "domain.create"])
    world.server.fault(call, "lost", 1);
  world.server.behaviour.page = 503;
  await expectRolledBack(world, "verifying-health", "timed-out");
});
