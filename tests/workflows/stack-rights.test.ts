import { expect, test } from "vitest";
import { type Right, rights } from "#connectors/dokploy/rights.ts";
import { contents, ownWorld, type StackWorld } from "./deploy-stack-world.ts";

const quick = { healthEvery: "0.02", healthTimeout: "0.04", environment: "staging" };
const image = { volumes: "/workspace", ...quick };
const file = { composeFile: "services:\n  web:\n    image: milepost/hello:1\n", ...quick };

/** Somebody with a role that knows each right but one. */
const withoutOne = (world: StackWorld, right: Right) => {
  world.server.member = { role: "deployer", may: [...rights.filter((one) => one !== right), "server.read"] };
};

/** Without these a run goes on, and says what it cannot tell. */
const helps: readonly Right[] = ["docker.read", "logs.read", "deployment.cancel", "volume.delete"];

test.each([
  ["deploy-stack", image, helps],
  ["deploy-compose", file, [...helps, "volume.create"]],
] as const)(
  "for each right that the key's owner lacks, %s is refused before anything is made, or does not need it",
  async (workflow, values, unneeded) => {
    const world = await ownWorld();
    const went: Right[] = [];
    for (const right of rights) {
      withoutOne(world, right);
      const before = contents(world.server);
      const id = await world.start({ name: `s-${went.length}-${workflow.length}`, ...values }, workflow);
      const { run } = await world.until(id, "completed", "failed");
      if (run.state === "completed") {
        went.push(right);
        continue;
      }
      expect(run.error).toMatchObject({ stepId: "initializing", code: "remote-refused" });
      expect(contents(world.server)).toEqual(before);
    }
    expect(new Set(went)).toEqual(new Set(unneeded));
  },
);

test("a key that may not drop what waits still has its failed stack removed, and one that may not tell of itself deploys", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  withoutOne(world, "deployment.cancel");
  world.server.behaviour.page = 503;
  expect((await world.over(await world.deploy(image))).run.undoneAt).not.toBeNull();
  expect(contents(world.server)).toEqual(before);
  world.server.behaviour.page = 200;
  for (const call of ["user.get", "settings.getDokployVersion"]) world.server.fault(call, 401);
  expect((await world.over(await world.deploy(image))).run.error).toBeNull();
});

test("a removal that a right is missing for is refused before anybody is asked", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  const before = contents(world.server);
  for (const right of ["service.delete", "domain.delete", "project.delete", "deployment.read"] as const) {
    withoutOne(world, right);
    const id = await world.start({ name: "demo" }, "remove-stack");
    const { run } = await world.until(id, "asking", "failed");
    expect(run.error).toMatchObject({ stepId: "looking", code: "remote-refused" });
  }
  expect(contents(world.server)).toEqual(before);
});

test("an update that was refused before it changed anything writes nothing back", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  world.server.fault("application.update", 409);
  world.server.calls.length = 0;
  const { run } = await world.over(await world.deploy({ image: "milepost/hello:2" }));
  expect(run).toMatchObject({ undoneAt: expect.any(Number), error: { stepId: "configuring-application" } });
  expect(world.server.calls.filter((call) => call.endsWith(".update"))).toHaveLength(1);
});
