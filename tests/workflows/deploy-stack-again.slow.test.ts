import { expect, test } from "vitest";
import { atRoot } from "../connectors/dokploy/dokploy-server.ts";
import { stepOf } from "../engine/world.ts";
import { addApplication, addProject, clientOf, contents, ownWorld } from "./deploy-stack-world.ts";

test("deploying an existing stack again updates it; undoing that puts back image and variables byte for byte, and runs them", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  const kept = `# by hand\nA='x#y'\nREF=\${{project.URL}}`;
  Object.assign(world.server.applications[1] ?? {}, { env: kept });
  const before = contents(world.server);
  const id = await world.deploy({ image: "milepost/hello:2", env: "B=2", removedVariables: "A" });
  const { run, steps } = await world.over(id);
  expect(run.outcome?.sentence).toMatch(/^“demo” is updated/);
  expect(steps.filter(({ state }) => state === "skipped").map((step) => step.id)).toEqual([
    "creating-project",
    "creating-application",
    "creating-domain",
  ]);
  expect(stepOf({ run, steps }, "configuring-application").detail).toBe(
    "milepost/hello:2 (was milepost/hello:1)",
  );
  const after = contents(world.server);
  expect(after.applications[1]).toMatchObject({
    dockerImage: "milepost/hello:2",
    env: `# by hand\nREF=\${{project.URL}}\nB=2`,
  });
  expect({ ...after, applications: [] }).toEqual({ ...before, applications: [] });
  expect(world.server.deployments).toHaveLength(2);
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed")).run.error).toBeNull();
  expect(contents(world.server)).toEqual(before);
  expect(world.server.deployments.map(({ status }) => status)).toEqual(["done", "done", "done"]);
});

test("without environment variables those of an existing stack stay", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy({ env: "A=1" }));
  await world.over(await world.deploy());
  expect(world.server.applications[1]).toMatchObject({ env: "A=1" });
});

test("a failed update leaves an existing stack as it was, image and variables too, and tells none of them", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy({ env: "OLD=former-secret-value" }));
  const before = contents(world.server);
  world.server.behaviour.badImage = "nosuch/thing:2";
  const id = await world.deploy({ image: "nosuch/thing:2", env: "ONLY=new", replaceVariables: "on" });
  const { run, steps } = await world.over(id);
  expect(run.error?.message).toMatch(/pull access denied/);
  expect(run).toMatchObject({ state: "failed", undoneAt: expect.any(Number) });
  expect(contents(world.server)).toEqual(before);
  expect(world.server.deployments[0]?.status).toBe("done");
  expect(JSON.stringify({ run, steps })).not.toContain("former-secret-value");
});

test("an update whose new container ends is no success, although the page answers all the time", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  const before = contents(world.server);
  world.server.behaviour.container = "crashes";
  const id = await world.deploy({ image: "milepost/hello:2", keepFailed: "on" });
  const { run } = await world.over(id);
  expect(run).toMatchObject({
    state: "failed",
    error: {
      stepId: "verifying-health",
      message: expect.stringMatching(
        /^The new container ended: “task: non-zero exit \(1\)”\. In the output, where the former version writes too: “cannot read the configuration”\./,
      ),
    },
  });
  world.server.behaviour.container = "runs";
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed")).run.undoneAt).not.toBeNull();
  expect(contents(world.server)).toEqual(before);
});

test("what somebody else has set since an update is not overwritten by its undo", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  const id = await world.deploy({ image: "milepost/hello:2" });
  await world.over(id);
  await world.over(await world.deploy({ image: "milepost/hello:3" }));
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "undone", "failed");
  expect(run.error?.message).toContain("changed or deployed by somebody else since");
  expect(world.server.applications[1]).toMatchObject({ dockerImage: "milepost/hello:3" });
});

test("a key that may not see containers still deploys, and says that it cannot tell which version answered", async () => {
  const world = await ownWorld();
  world.server.fault("docker.getServiceContainersByAppName", 401);
  const { run } = await world.over(await world.deploy());
  expect(run.outcome?.sentence).toMatch(/answers with 200\. Which version answered cannot be told/);
});

test("a Dokploy too old to show queue, logs, containers and its version deploys and rolls back all the same", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  const unknown = [
    "deployment.queueList",
    "deployment.readLogs",
    "docker.getServiceContainersByAppName",
    "settings.getDokployVersion",
    "user.get",
  ];
  for (const call of unknown) world.server.fault(call, 404);
  const first = await world.deploy();
  expect((await world.over(first)).run.state).toBe("completed");
  await world.engine.undo(first, "Ada");
  expect((await world.until(first, "undone", "failed")).run.undoneAt).not.toBeNull();
  world.server.behaviour.deployment = "error";
  const { run } = await world.over(await world.deploy());
  expect(run).toMatchObject({ state: "failed", undoneAt: expect.any(Number) });
  expect(contents(world.server)).toEqual(before);
});

test("a host that a compose service uses is refused by name", async () => {
  const world = await ownWorld();
  const { projectId } = await addProject(world.server, "by-hand");
  const [environment] = await clientOf(world.server).environments(projectId, new AbortController().signal);
  world.server.composes.push({
    composeId: "cmp_1",
    name: "shop",
    environmentId: environment?.environmentId,
  });
  world.server.domains.push({
    domainId: "dom_c",
    host: "demo.apps.localhost",
    https: false,
    composeId: "cmp_1",
  });
  const { run } = await world.over(await world.deploy());
  expect(run.error?.message).toContain("in use by the compose service “shop” of the project “by-hand”");
});

test.each([
  [{ canCreateProjects: true, canCreateServices: true }, "delete services, delete projects"],
  [{ canDeleteProjects: true, canDeleteServices: true }, "create projects, create services"],
])("a member's key that lacks rights (%o) is refused before anything is made", async (rights, lacking) => {
  const world = await ownWorld();
  world.server.owner = { role: "member", ...rights };
  const before = contents(world.server);
  const calledBefore = world.server.calls.length;
  const { run } = await world.over(await world.deploy());
  expect(run).toMatchObject({ state: "failed", error: { stepId: "initializing" } });
  expect(run.error?.message).toContain(lacking);
  expect(world.server.calls.slice(calledBefore).every((call) => call.startsWith("GET "))).toBe(true);
  expect(contents(world.server)).toEqual(before);
});

test("what was made in a project of somebody else is removed, the project stays", async () => {
  const world = await ownWorld();
  const { projectId } = await addProject(world.server, "ai-stack-demo");
  await addApplication(world.server, projectId, "something-else");
  const before = contents(world.server);
  world.server.behaviour.page = 500;
  const { run, steps } = await world.over(await world.deploy());
  expect(run.undoneAt).not.toBeNull();
  expect(steps.filter(({ state }) => state === "undone").map((step) => step.id)).toEqual([
    "getting-environment",
    "creating-application",
    "configuring-application",
    "creating-domain",
  ]);
  expect(contents(world.server)).toEqual(before);
});

test("a host that another application uses is refused, and what was made until then is removed", async () => {
  const world = await ownWorld();
  const { projectId } = await addProject(world.server, "by-hand");
  const { applicationId } = await addApplication(world.server, projectId, "shop");
  const signal = new AbortController().signal;
  await clientOf(world.server).createDomain(
    { host: "Demo.apps.localhost", port: 80, https: false, applicationId, ...atRoot },
    signal,
  );
  const before = contents(world.server);
  const { run } = await world.over(await world.deploy());
  expect(run).toMatchObject({
    state: "failed",
    undoneAt: expect.any(Number),
    error: {
      code: "conflict",
      message: expect.stringContaining("in use by the application “shop” of the project “by-hand”"),
    },
  });
  expect(contents(world.server)).toEqual(before);
});

test("several projects of the same name are not guessed at", async () => {
  const world = await ownWorld();
  await addProject(world.server, "ai-stack-demo");
  await addProject(world.server, "ai-stack-demo");
  const before = contents(world.server);
  const { run } = await world.over(await world.deploy());
  expect(run.error).toMatchObject({ code: "conflict", message: expect.stringContaining("2 projects") });
  expect(contents(world.server)).toEqual(before);
});

test("a stack that failed is kept where that was chosen, and removed when it is asked for", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  world.server.behaviour.page = 503;
  const id = await world.deploy({ keepFailed: "on" });
  const failed = await world.over(id);
  expect(failed.run).toMatchObject({ state: "failed", error: { code: "timed-out" } });
  expect(world.server.domains).toHaveLength(2);
  await world.engine.undo(id, "Ada");
  const { run, steps } = await world.until(id, "undone", "failed", "cancelled");
  expect(run.undoneAt).not.toBeNull();
  expect(contents(world.server)).toEqual(before);
  const undone = steps.filter(({ state }) => state === "undone").map((step) => step.id);
  expect(undone).toEqual([
    "creating-project",
    "getting-environment",
    "creating-application",
    "configuring-application",
    "creating-domain",
  ]);
  const removals = world.server.calls.filter((call) => /delete|remove/.test(call));
  expect(removals).toEqual(["POST domain.delete", "POST application.delete", "POST project.remove"]);
});

test("a stack that was not healthy in time is looked at anew when a person tries again, without another deployment", async () => {
  const world = await ownWorld();
  world.server.behaviour.page = 503;
  const id = await world.deploy({ keepFailed: "on" });
  await world.over(id);
  world.server.behaviour.page = 200;
  await world.engine.retry(id, "Ada");
  expect((await world.until(id, "completed", "failed")).run.state).toBe("completed");
  expect(world.server.deployments).toHaveLength(1);
});

test("a deployment that failed is ordered anew when a person tries again", async () => {
  const world = await ownWorld();
  world.server.behaviour.deployment = "error";
  const id = await world.deploy({ keepFailed: "on" });
  await world.over(id);
  world.server.behaviour.deployment = "done";
  await world.engine.retry(id, "Ada");
  expect((await world.until(id, "completed", "failed")).run.state).toBe("completed");
  expect(world.server.deployments.map(({ status }) => status)).toEqual(["done", "error"]);
});

test("what could not be removed is listed, and undoing again goes on with it", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  world.server.fault("application.delete", 500);
  world.server.behaviour.deployment = "error";
  const id = await world.deploy();
  const { run } = await world.over(id);
  expect(run).toMatchObject({
    state: "failed",
    error: {
      message: expect.stringMatching(
        /Undoing “Create the application” failed.*Not undone: “Create the project”, “Get the environment”, “Create the application”/,
      ),
    },
  });
  world.server.clearFaults();
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed", "cancelled")).run.undoneAt).not.toBeNull();
  expect(contents(world.server)).toEqual(before);
});

test("where others have put something in since, an undo removes nothing at all and says what is in the way", async () => {
  const world = await ownWorld();
  world.server.behaviour.page = 503;
  const id = await world.deploy({ keepFailed: "on" });
  await world.over(id);
  await addApplication(world.server, String(world.server.projects[0]?.projectId), "guest");
  const before = contents(world.server);
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "undone", "failed", "cancelled");
  expect(run.error?.message).toContain("the application “guest”");
  expect(contents(world.server)).toEqual(before);
});

test("a domain that somebody added keeps the stack on the air: its undo removes not even its own domain", async () => {
  const world = await ownWorld();
  const id = await world.deploy();
  await world.over(id);
  const applicationId = String(world.server.applications[1]?.applicationId);
  const second = { host: "second.example.org", port: 8080, https: false, applicationId, ...atRoot };
  await clientOf(world.server).createDomain(second, new AbortController().signal);
  const before = contents(world.server);
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "undone", "failed", "cancelled");
  expect(run.error?.message).toContain("second.example.org");
  expect(contents(world.server)).toEqual(before);
});

test("cancelling while it deploys ends the run at once and says that Dokploy goes on; undo removes all of it", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  world.server.behaviour.deployMs = 1_500;
  const id = await world.deploy();
  await world.when(id, (at) => stepOf(at, "deploying").progress?.what === "Dokploy deploys");
  await world.engine.cancel(id, "Ada");
  const { run } = await world.until(id, "cancelled");
  expect(run.cancel?.note).toContain("Dokploy cannot stop a deployment");
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed", "cancelled")).run.undoneAt).not.toBeNull();
  // A deployment that ends after its application is gone leaves a service.
  await expect.poll(() => world.server.deployments[0]?.status).toBe("done");
  expect(contents(world.server)).toEqual(before);
});

test("another image goes on from where it matters: the project stays, and the stack is healthy", async () => {
  const world = await ownWorld();
  world.server.behaviour.page = 503;
  const id = await world.deploy({ keepFailed: "on" });
  await world.over(id);
  const project = world.server.projects[0]?.projectId;
  world.server.behaviour.page = 200;
  const values = { name: "demo", image: "milepost/hello:3", keepFailed: "on" };
  const { invalid } = await world.engine.previewModify(id, values);
  expect(invalid[0]?.id).toBe("configuring-application");
  await world.engine.modify(id, values, "Ada");
  const { run } = await world.until(id, "completed", "failed");
  expect(run).toMatchObject({ state: "completed", error: null });
  expect(world.server.projects[0]?.projectId).toBe(project);
  expect(world.server.applications[1]).toMatchObject({ dockerImage: "milepost/hello:3" });
  expect(world.server.domains).toHaveLength(2);
});

test("another name removes what was made under the old one before it goes on", async () => {
  const world = await ownWorld();
  world.server.behaviour.page = 503;
  const id = await world.deploy({ keepFailed: "on" });
  await world.over(id);
  world.server.behaviour.page = 200;
  await world.engine.modify(id, { name: "renamed", keepFailed: "on" }, "Ada");
  const { run } = await world.until(id, "completed", "failed");
  expect(run.error).toBeNull();
  expect(world.server.projects.map(({ name }) => name)).toEqual(["ai-stack-renamed", "ai-stack-other"]);
  expect(world.server.domains.map(({ host }) => host)).toEqual([
    "other.apps.localhost",
    "renamed.apps.localhost",
  ]);
});

test.each(["domain.delete", "application.delete", "project.remove"])(
  "a removal by %s that is answered as if nothing were there is looked into, not believed",
  async (call) => {
    const world = await ownWorld();
    const before = contents(world.server);
    world.server.fault(call, 404);
    world.server.behaviour.page = 503;
    const id = await world.deploy();
    const { run } = await world.over(id);
    expect(run).toMatchObject({
      state: "failed",
      error: { message: expect.stringContaining("still lists") },
    });
    world.server.clearFaults();
    await world.engine.undo(id, "Ada");
    expect((await world.until(id, "undone", "failed", "cancelled")).run.undoneAt).not.toBeNull();
    expect(contents(world.server)).toEqual(before);
  },
);
