import { expect, onTestFinished, test } from "vitest";
import type { Connection } from "#core/connection.ts";
import { openWorld, stepOf } from "../engine/world.ts";
import {
  addApplication,
  addProject,
  clientOf,
  contents,
  openStackWorld,
  ownServer,
  ownWorld,
  stackWorkflow,
} from "./deploy-stack-world.ts";

/** Connections with these addresses of their Dokploy. */
const connectionsTo = (addresses: Record<string, string>) => {
  const all = Object.entries(addresses).map(
    ([id, baseUrl]): Connection => ({
      ...{ id, kind: "dokploy", name: id, builtIn: false, createdAt: 0, lastTest: null },
      values: { baseUrl, image: "milepost/hello:1", domainSuffix: "example.org", port: "80", https: "no" },
    }),
  );
  return {
    list: async () => all,
    open: async (id: string) => {
      const connection = all.find((one) => one.id === id);
      if (connection === undefined) throw new Error(`no connection ${id}`);
      return { connection, values: { ...connection.values, apiKey: "key" } };
    },
  };
};

test("the address of Dokploy itself is no host for a stack, neither as its own nor as a further one", async () => {
  const server = await ownServer();
  const connections = connectionsTo({ main: "https://panel.example.org" });
  const world = await openWorld([stackWorkflow(server, undefined, { connections })]);
  onTestFinished(() => world.close());
  const start = (values: Record<string, string>) => world.start({ connection: "main", ...values });
  await expect(start({ name: "panel" })).rejects.toMatchObject({ code: "bad-input", field: "name" });
  await expect(start({ name: "demo", moreDomains: "panel.example.org" })).rejects.toMatchObject({
    ...{ code: "bad-input", field: "moreDomains" },
  });
  expect(server.calls).toEqual([]);
});

test("two connections that lead to one Dokploy share the lock of a stack; those to two do not", async () => {
  const server = await ownServer();
  const connections = connectionsTo({
    one: "https://panel.example.org",
    same: "https://PANEL.example.org/api",
    other: "https://panel.example.com",
  });
  const world = await openWorld([stackWorkflow(server, undefined, { connections })], { opened: false });
  onTestFinished(() => world.close());
  await world.start({ connection: "one", name: "demo" });
  await expect(world.start({ connection: "same", name: "demo" })).rejects.toMatchObject({ code: "locked" });
  await world.start({ connection: "other", name: "demo" });
});

test("a domain that is switched off in Dokploy is not taken for one that leads to the stack", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  const own = world.server.domains.find(({ host }) => host === "demo.apps.localhost");
  Object.assign(own ?? {}, { enabled: false });
  const { run } = await world.over(await world.deploy());
  expect(run.error?.message).toContain(
    "demo.apps.localhost is switched off in Dokploy, so it leads nowhere.",
  );
});

test("a host with another path is no domain of the stack yet", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  const own = world.server.domains.find(({ host }) => host === "demo.apps.localhost");
  Object.assign(own ?? {}, { path: "/docs" });
  const { run, steps } = await world.over(await world.deploy());
  expect(run.error).toBeNull();
  expect(stepOf({ run, steps }, "creating-domain").state).toBe("completed");
  expect(world.server.domains.filter(({ host }) => host === "demo.apps.localhost")).toHaveLength(2);
});

test("no claim is wider than what the key sees", async () => {
  const world = await ownWorld();
  const plan = await world.engine.plan("deploy-stack", { name: "demo" });
  expect(JSON.stringify(plan)).toContain("nothing else that this API key sees uses that host");
});

test("a project that is deleted while a run works is told as that", async () => {
  const server = await ownServer();
  const world = await openStackWorld(server);
  onTestFinished(() => world.close());
  const never = new AbortController().signal;
  server.arrived = async (call) => {
    if (call !== "environment.byProjectId") return;
    server.arrived = () => {};
    await clientOf(server).removeProject(String(server.projects[0]?.projectId), never);
  };
  const { run } = await world.over(await world.deploy());
  expect(run.error?.message).toContain("The project may have been deleted meanwhile.");
  expect(contents(server).projects).toEqual([]);
});

test("an update that did not stay recommends to deploy once more, and that can succeed", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  world.server.behaviour.container = "crashes";
  const id = await world.deploy({ image: "milepost/hello:2", keepFailed: "on" });
  const { run } = await world.over(id);
  expect(run.error?.message).toMatch(/Go back to “Deploy” to deploy it once more\.$/);
  expect(run.error?.wayOn).toMatchObject({ back: "deploying" });
  world.server.behaviour.container = "runs";
  await world.engine.rewind(id, "deploying", "Ada");
  expect((await world.until(id, "completed", "failed")).run.outcome?.sentence).toMatch(/^“demo” is updated/);
});

test("of the queue, which comes newest first, only what was ordered before a deployment is before it", async () => {
  const world = await ownWorld();
  world.server.behaviour.queueMs = 10_000;
  const ids = [];
  for (const name of ["first", "second", "third"]) {
    ids.push(await world.deploy({ name }));
    await expect
      .poll(() => world.server.calls.filter((call) => call.endsWith("application.deploy")))
      .toHaveLength(ids.length);
  }
  const words = await Promise.all(
    ids.map(async (id, before) => {
      const at = await world.when(id, (now) => /queue/.test(stepOf(now, "deploying").waiting?.word ?? ""));
      return `${before}: ${stepOf(at, "deploying").waiting?.word}`;
    }),
  );
  expect(words).toEqual([
    "0: next in Dokploy's queue",
    "1: in Dokploy's queue, 1 before it",
    "2: in Dokploy's queue, 2 before it",
  ]);
});

test("of the queue only jobs for the same server are before a deployment: each server has a queue of its own", async () => {
  const world = await ownWorld();
  world.server.behaviour.queueMs = 10_000;
  const other = { applicationId: "app_other", title: "By hand", state: "waiting", timestamp: 0 };
  world.server.behaviour.elsewhere = [
    { ...other, deploymentId: "one", serverId: "srv" },
    { ...other, deploymentId: "two", serverId: "third" },
  ];
  const id = await world.deploy();
  const at = await world.when(id, (now) => /queue/.test(stepOf(now, "deploying").waiting?.word ?? ""));
  expect(stepOf(at, "deploying").waiting?.word).toBe("next in Dokploy's queue");
});

test("a host that somebody takes between the look and the use is noticed, and this run's own domain is taken away again", async () => {
  const world = await ownWorld();
  const { server } = world;
  const { projectId } = await addProject(server, "by-hand");
  const { applicationId } = await addApplication(server, projectId, "shop");
  const taken = { domainId: "dom_t", host: "DEMO.apps.localhost", https: false, applicationId };
  server.arrived = (call) => {
    if (call !== "domain.create") return;
    server.arrived = () => {};
    server.domains.push(taken);
  };
  const { run } = await world.over(await world.deploy());
  expect(run).toMatchObject({ undoneAt: expect.any(Number), error: { stepId: "creating-domain" } });
  expect(run.error?.message).toContain("in use by the application “shop” of the project “by-hand”");
  expect(server.domains.filter(({ host }) => /^demo\./i.test(String(host)))).toEqual([taken]);
});

test("a queue that stands still is told for as long as a deployment may take; then what waited is dropped and all removed", async () => {
  const server = await ownServer();
  const world = await openStackWorld(server, {}, undefined, { deployMs: 250 });
  onTestFinished(() => world.close());
  const before = contents(server);
  server.behaviour.queueMs = 3_600_000;
  server.behaviour.elsewhere = [
    { deploymentId: "stuck", applicationId: "app_other", title: "By hand", state: "active", timestamp: 0 },
  ];
  const { run } = await world.over(await world.deploy());
  expect(run).toMatchObject({ undoneAt: expect.any(Number), error: { stepId: "deploying" } });
  expect(run.error?.message).toMatch(
    /^It was not done after .* looks\. The last answer was: in Dokploy's queue, 1 before it/,
  );
  expect(contents(server)).toEqual(before);
  expect(server.calls).toContain("POST application.cleanQueues");
  expect(server.deployments).toEqual([]);
});
