import { expect, test } from "vitest";
import { stepOf } from "../engine/world.ts";
import { addApplication, clientOf, contents, ownWorld, type StackWorld } from "./deploy-stack-world.ts";

const remove = (world: StackWorld, name = "demo") => world.start({ name }, "remove-stack");
const agree = async (world: StackWorld, id: string) => {
  await world.until(id, "asking");
  await world.engine.answer(id, "approving", {}, "Ada", { press: "approve" });
};

test("a stack is removed by its name, whoever made it, after somebody has seen what goes; what others have stays", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  await world.over(await world.deploy({ volumes: "/workspace" }));
  const there = contents(world.server);
  const id = await remove(world);
  const { run, steps } = await world.until(id, "asking");
  expect(contents(world.server)).toEqual(there);
  const asked = JSON.stringify(stepOf({ run, steps }, "approving"));
  for (const part of [
    "the application “opencode-demo”",
    "the domain demo.apps.localhost",
    "the project “ai-stack-demo”",
  ])
    expect(asked).toContain(`Goes: ${part}`);
  expect(asked).toContain("Stays: the volume “workspace-demo” of /workspace");
  await agree(world, id);
  const over = await world.until(id, "completed", "failed");
  expect(over.run.outcome?.sentence).toBe(
    "“demo” is removed. Dokploy lists nothing of it, and none of its containers runs.",
  );
  expect(contents(world.server)).toEqual(before);
  expect(world.server.wrong).toEqual([]);
});

test("whoever says no keeps the stack as it was", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  const before = contents(world.server);
  const id = await remove(world);
  await world.until(id, "asking");
  await world.engine.answer(id, "approving", {}, "Ada", { press: "reject" });
  await world.until(id, "failed", "cancelled");
  expect(contents(world.server)).toEqual(before);
});

test("a project that holds something else stays with it", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  await addApplication(world.server, String(world.server.projects[0]?.projectId), "database");
  const id = await remove(world);
  await agree(world, id);
  const { run } = await world.until(id, "completed", "failed");
  expect(run.outcome?.facts).toContainEqual({
    label: "Stays",
    value: "the project “ai-stack-demo”, which also holds the application “database”",
  });
  expect(world.server.applications.map(({ name }) => name)).toEqual(["opencode-other", "database"]);
});

test("a domain that was added after somebody agreed is not removed with the rest", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  const id = await remove(world);
  await world.until(id, "asking");
  const applicationId = String(world.server.applications[1]?.applicationId);
  const wish = { host: "late.example.org", port: 80, https: false, path: "/", applicationId };
  await clientOf(world.server).createDomain(
    { ...wish, certificate: { from: "traefik" } },
    new AbortController().signal,
  );
  const before = contents(world.server);
  await agree(world, id);
  const { run } = await world.until(id, "completed", "failed");
  expect(run.error?.message).toMatch(/late\.example\.org\. Nothing was removed/);
  expect(contents(world.server)).toEqual(before);
});

test("a removal that Dokploy only claims is no success", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  world.server.fault("application.delete", 404);
  world.server.fault("project.remove", 404);
  const id = await remove(world);
  await agree(world, id);
  const { run } = await world.until(id, "completed", "failed");
  expect(run).toMatchObject({
    state: "failed",
    error: {
      stepId: "proving",
      message: expect.stringMatching(/still lists the application “opencode-demo”/),
    },
  });
});

test("a deployment that runs is let come to its end before anything is removed", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  const id = await remove(world);
  await world.until(id, "asking");
  world.server.behaviour.deployMs = 100;
  const applicationId = String(world.server.applications[1]?.applicationId);
  const title = "By hand";
  await clientOf(world.server).deploy(
    { applicationId },
    { title, description: "" },
    new AbortController().signal,
  );
  await expect.poll(() => world.server.deployments[0]).toMatchObject({ title, status: "running" });
  await agree(world, id);
  await world.until(id, "completed", "failed");
  expect(world.server.deployments[0]).toMatchObject({ title, status: "done" });
  expect([...world.server.services]).not.toContain(applicationId);
});

test("what is not there, and a project without a stack of Milepost's, are refused by name", async () => {
  const world = await ownWorld();
  const { run } = await world.until(await remove(world, "nowhere"), "failed");
  expect(run.error?.message).toBe("This API key sees no stack “nowhere” (the project “ai-stack-nowhere”).");
});
