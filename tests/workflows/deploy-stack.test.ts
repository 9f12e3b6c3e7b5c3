import { expect, test } from "vitest";
import { stepOf } from "../engine/world.ts";
import { contents, ownWorld, phases } from "./deploy-stack-world.ts";

test("a stack is deployed from nothing to a page that answers, with all that is asked for set", async () => {
  const world = await ownWorld();
  const id = await world.deploy({ env: "TOKEN=very-secret\n# a remark\nMODE=demo" });
  const { run, steps } = await world.over(id);
  expect(run.error).toBeNull();
  expect(steps.map((step) => [step.id, step.state])).toEqual(phases.map((phase) => [phase, "completed"]));
  const { server } = world;
  const origin = `http://demo.apps.localhost:${server.publicPort}`;
  expect(run.outcome).toMatchObject({
    sentence: `“demo” is deployed: ${origin} answers with 200.`,
    links: [{ href: `${origin}/` }],
  });
  expect(run.outcome?.facts?.map(({ value }) => value).join(" ")).toContain(
    String(server.applications[1]?.applicationId),
  );
  expect(server.projects).toMatchObject([{ name: "ai-stack-demo" }, { name: "ai-stack-other" }]);
  expect(server.applications.slice(1)).toMatchObject([
    {
      name: "opencode-demo",
      sourceType: "docker",
      dockerImage: "milepost/hello:1",
      env: "TOKEN=very-secret\nMODE=demo",
    },
  ]);
  expect(server.domains.slice(1)).toMatchObject([
    { host: "demo.apps.localhost", port: 8080, https: false, certificateType: "none" },
  ]);
  expect(server.deployments).toMatchObject([{ title: `Milepost run ${id}` }]);
  expect(server.wrong).toEqual([]);
});

test("secrets of the environment are nowhere in what is kept or shown", async () => {
  const world = await ownWorld();
  const id = await world.deploy({ env: "TOKEN=very-secret" });
  const kept = await world.over(id);
  const events = await world.store.events(id, 0, 1_000);
  const logs = await world.store.logs(id, { after: null, limit: 1_000 });
  expect(JSON.stringify([kept, events, logs])).not.toContain("very-secret");
});

test("progress is told at least ten times a run, each told only when it is in the database, and begins at once", async () => {
  const world = await ownWorld();
  const told: number[] = [];
  const kept: Promise<number>[] = [];
  const stop = world.engine.listen(({ run }) => {
    told.push(run.version);
    kept.push(world.run(run.id).then((at) => at.run.version));
  });
  const id = await world.deploy();
  await world.over(id);
  stop();
  const changes = (await world.store.events(id, 0, 1_000)).filter(
    ({ type }) =>
      type === "step.state" || type === "step.progress" || type === "step.substeps" || type === "step.look",
  );
  expect(changes.length).toBeGreaterThan(phases.length * 2);
  expect(told.length).toBeGreaterThan(10);
  for (const [index, version] of (await Promise.all(kept)).entries())
    expect(version).toBeGreaterThanOrEqual(told[index] ?? Number.NaN);
});

test("the log of the deployment is the step's log, and its progress says what Dokploy does", async () => {
  const world = await ownWorld();
  world.server.behaviour.deployMs = 1_500;
  const id = await world.deploy();
  await world.when(id, (at) => stepOf(at, "deploying").progress?.what === "Dokploy deploys");
  const { percent } = await world.engine.picture(id);
  // As the deployer that this one replaces counted: 85 % when it was triggered.
  expect(percent).toBeGreaterThanOrEqual(84);
  expect(percent).toBeLessThan(96);
  await world.over(id);
  const lines = await world.store.logs(id, { after: null, limit: 100, stepId: "deploying" });
  const texts = lines.map(({ text }) => text);
  expect(texts).toEqual([
    "Dokploy accepted the deployment.",
    "Initializing deployment",
    "Pulling image",
    "✅ Pulling image completed.",
  ]);
});

test("a second run of the same stack is sent to the one that holds the lock", async () => {
  const world = await ownWorld();
  world.server.behaviour.deployMs = 500;
  const id = await world.deploy();
  await world.when(id, (at) => stepOf(at, "deploying").state === "waiting");
  await expect(world.deploy()).rejects.toMatchObject({ code: "locked", runId: id });
  const other = await world.deploy({ name: "demo2" });
  expect((await world.over(other)).run.state).toBe("completed");
  expect((await world.over(id)).run.state).toBe("completed");
});

test("the plan tells every call of a new stack and changes nothing; of an existing one only what differs", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  const values = { name: "demo", env: "TOKEN=very-secret" };
  const fresh = await world.engine.plan("deploy-stack", values);
  expect(contents(world.server)).toEqual(before);
  const calls = fresh.steps.flatMap(({ lines }) =>
    lines.filter(({ kind }) => kind === "command").map(({ text }) => /api\/(\S+)/.exec(text)?.[1]),
  );
  expect(calls).toEqual([
    "project.create",
    "application.create",
    "application.update",
    "application.update",
    "domain.create",
    "application.deploy",
  ]);
  expect(fresh.steps.every(({ unknown }) => unknown === null)).toBe(true);
  expect(JSON.stringify(fresh)).not.toContain("very-secret");
  expect(JSON.stringify(fresh)).toContain("TOKEN");
  await world.over(await world.deploy());
  const again = await world.engine.plan("deploy-stack", values);
  expect(again.steps.filter(({ skip }) => skip !== null).map(({ id }) => id)).toEqual([
    "creating-project",
    "creating-application",
    "creating-domain",
  ]);
});

test.each([
  [{ name: "ab" }, "name"],
  [{ name: "a".repeat(21) }, "name"],
  [{ name: "Demo" }, "name"],
  [{ name: "-demo" }, "name"],
  [{ name: "demo-" }, "name"],
  [{ name: "de_mo" }, "name"],
  [{ image: "Not An Image" }, "image"],
  [{ port: "0" }, "port"],
  [{ env: "A=1\nnonsense" }, "env"],
  [{ env: "A=1\nA=2" }, "env"],
  [{ healthPath: "health" }, "healthPath"],
  [{ healthEvery: "-1" }, "healthEvery"],
  [{ connection: "nowhere" }, "connection"],
])("%o is refused with a sentence at its field, and no run is made", async (values, field) => {
  const world = await ownWorld();
  await expect(world.deploy(values)).rejects.toMatchObject({
    code: "bad-input",
    field,
    message: expect.stringMatching(/^[A-Z].*/),
  });
  expect((await world.engine.runs({ limit: 1 })).rows).toEqual([]);
});

test("a page that hangs is looked at as often as one that refuses, within the time that was given", async () => {
  const world = await ownWorld();
  world.server.behaviour.page = "hang";
  const looked: number[] = [];
  world.server.arrived = (call) => {
    if (call === "page") looked.push(performance.now());
  };
  const id = await world.deploy({ healthEvery: "1", healthTimeout: "2", keepFailed: "on" });
  const { run } = await world.over(id);
  expect(run.error?.message).toMatch(/not healthy within 2 s\. .*does not answer within 1 s/);
  expect(looked).toHaveLength(3);
});
