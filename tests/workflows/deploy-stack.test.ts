import { expect, test } from "vitest";
import { ownWorld, phases } from "./deploy-stack-world.ts";

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
    String(server.applications[0]?.applicationId),
  );
  expect(server.projects).toMatchObject([{ name: "ai-stack-demo" }]);
  expect(server.applications).toMatchObject([
    {
      name: "opencode-demo",
      sourceType: "docker",
      dockerImage: "milepost/hello:1",
      env: "TOKEN=very-secret\n# a remark\nMODE=demo",
    },
  ]);
  expect(server.domains).toMatchObject([
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
