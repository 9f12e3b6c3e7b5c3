import { expect, onTestFinished, test } from "vitest";
import { stepOf } from "../engine/world.ts";
import { contents, openStackWorld, ownServer, ownWorld, type StackWorld } from "./deploy-stack-world.ts";

const file = `
services:
  web:
    image: milepost/hello:1
    environment:
      TOKEN: \${TOKEN}
      PASSWORD: very-secret
    expose: ["8080"]
    depends_on: [db]
  db:
    image: postgres:16
    volumes: ["data:/var/lib/postgresql/data"]
volumes:
  data: {}
`;

const deploy = (world: StackWorld, composeFile = file, values: Record<string, string> = {}) =>
  world.compose(composeFile, { pageOf: "web", ...values });

test("a compose file is deployed from nothing to a page that answers, byte for byte, with its domain at the service", async () => {
  const world = await ownWorld();
  const id = await deploy(world, file, { env: "TOKEN=abc#def" });
  const { run, steps } = await world.over(id);
  expect(run.error).toBeNull();
  expect(stepOf({ run, steps }, "approving").state).toBe("skipped");
  const origin = `http://demo.apps.localhost:${world.server.publicPort}`;
  expect(run.outcome?.sentence).toBe(`“demo” is deployed: ${origin} answers with 200.`);
  expect(run.outcome?.facts).toContainEqual({
    label: "Of the file",
    value: "the service “db” from postgres:16, with /var/lib/postgresql/data in the volume “data”",
  });
  expect(world.server.composes).toMatchObject([
    {
      name: "opencode-demo",
      sourceType: "raw",
      composeType: "docker-compose",
      composeFile: file.trim(),
      env: "TOKEN='abc#def'",
    },
  ]);
  expect(world.server.domains.slice(1)).toMatchObject([
    { host: "demo.apps.localhost", serviceName: "web", domainType: "compose", port: 8080 },
  ]);
  expect(world.server.wrong).toEqual([]);
});

test("nothing of a file's text is in what is kept or shown but what it would make", async () => {
  const world = await ownWorld();
  const id = await deploy(world, file, { env: "TOKEN=other-secret" });
  const kept = await world.over(id);
  const events = await world.store.events(id, 0, 1_000);
  const logs = await world.store.logs(id, { after: null, limit: 1_000 });
  expect(JSON.stringify([kept, events, logs])).not.toMatch(/very-secret|other-secret/);
  expect(JSON.stringify(logs)).toContain("the service “web” from milepost/hello:1");
});

test("the plan tells what would be made and every call, and changes nothing", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  const plan = await world.engine.plan("deploy-compose", {
    name: "demo",
    composeFile: file,
    pageOf: "web",
    env: "TOKEN=other-secret\nUNUSED=1",
  });
  expect(contents(world.server)).toEqual(before);
  const lines = plan.steps.flatMap((step) => step.lines.map(({ text }) => text));
  expect(lines).toContain("It makes the volume “data”, which stays when the stack is removed.");
  expect(lines.join("\n")).toMatch(/The file names UNUSED nowhere, so no container gets it/);
  const calls = lines.flatMap((text) => /^POST .*api\/(\S+)/.exec(text)?.[1] ?? []);
  expect(calls).toEqual([
    "project.create",
    "compose.create",
    "compose.update",
    "compose.update",
    "domain.create",
    "compose.deploy",
  ]);
  expect(JSON.stringify(plan)).not.toMatch(/very-secret|other-secret/);
});

test("a plan tells what will be asked, or that nobody will be, and what follows either way", async () => {
  const world = await ownWorld();
  const planOf = async (composeFile: string) => {
    const { steps } = await world.engine.plan("deploy-compose", { name: "demo", composeFile, pageOf: "web" });
    const asked = steps.find(({ id }) => id === "approving");
    return {
      skip: asked?.skip,
      said: asked?.lines.map(({ text }) => text).join(" "),
      last: steps.at(-1)?.unknown,
    };
  };
  expect(await planOf(file)).toMatchObject({
    skip: expect.stringMatching(/^Nothing in the file/),
    last: null,
  });
  expect(await planOf(file.replace("    expose", "    pid: host\n    expose"))).toMatchObject({
    skip: null,
    said: expect.stringMatching(/Line 7: “web” sees the processes of others/),
    last: null,
  });
});

test("what reaches the server itself is asked for, line by line, and nothing is made before somebody agrees", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  const risky = `services:\n  web:\n    image: milepost/hello:1\n    privileged: true\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n`;
  const id = await deploy(world, risky);
  const asked = stepOf(await world.until(id, "asking"), "approving");
  expect(contents(world.server)).toEqual(before);
  expect(JSON.stringify(asked.form)).toContain(
    "Line 4: “web” may do everything on the server (privileged: true).",
  );
  expect(JSON.stringify(asked.form)).toContain("Line 6: “web” commands Docker, and with it the server");
  await world.engine.answer(id, "approving", {}, "Ada", { press: "approve" });
  expect((await world.over(id)).run.error).toBeNull();
  const other = await deploy(world, risky, { name: "other2" });
  await world.until(other, "asking");
  await world.engine.answer(other, "approving", {}, "Ada", { press: "reject" });
  await world.until(other, "failed", "cancelled");
  expect(world.server.projects.map(({ name }) => name)).not.toContain("ai-stack-other2");
});

test("a service that does not stay is named with its last words, and what was made is removed again", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  world.server.behaviour.services = { db: { state: "restarting", status: "Restarting (1) 2 seconds ago" } };
  const { run } = await world.over(await deploy(world));
  expect(run.error?.message).toMatch(
    /^The new container ended: “db: Restarting \(1\) 2 seconds ago”\. Its last words: “last words of opencode-demo-abc123-db-1”/,
  );
  expect(contents(world.server)).toEqual(before);
});

test("a service that ended for good is told at once, without waiting for a time that brings nothing", async () => {
  const world = await ownWorld();
  world.server.behaviour.services = { db: { state: "exited", status: "Exited (1) 2 seconds ago" } };
  const { run } = await world.over(await deploy(world, file, { healthTimeout: "3600" }));
  expect(run.error?.message).toMatch(
    /^The new container ended: “db: Exited \(1\).*Nothing starts it again: the file gives it no “restart:”/,
  );
});

test("a page that answers proves nothing while a service of the file does not run", async () => {
  const world = await ownWorld();
  world.server.behaviour.services = { db: { state: "running", status: "Up 10 seconds (unhealthy)" } };
  const { run } = await world.over(await deploy(world));
  expect(run.error?.message).toMatch(/was not healthy.*“db” runs, but its own health check fails/);
});

test("a service that only prepares something may come to its end, and one that should run may not", async () => {
  const world = await ownWorld();
  world.server.behaviour.services = { seed: { state: "exited", status: "Exited (0) 4 seconds ago" } };
  const seeded = (restart: string) =>
    `${file.replace("volumes:\n  data", `  seed:\n    image: milepost/hello:1\n${restart}volumes:\n  data`)}`;
  expect((await world.over(await deploy(world, seeded("")))).run.error).toBeNull();
  const { run } = await world.over(await deploy(world, seeded("    restart: always\n"), { name: "again" }));
  expect(run.error?.message).toContain("seed: Exited (0)");
});

test("an update changes what differs, keeps other variables, and says which containers stayed", async () => {
  const world = await ownWorld();
  await world.over(await deploy(world, file, { env: "TOKEN=1\nOTHER=2" }));
  const id = await deploy(world, file.replace("hello:1", "hello:2"), { env: "TOKEN=1" });
  const at = await world.over(id);
  expect(at.run.error).toBeNull();
  expect(at.run.outcome?.sentence).toMatch(/^“demo” is updated/);
  const said = await world.store.logs(id, { after: null, limit: 100, stepId: "verifying-health" });
  expect(said.at(-1)?.text).toBe("All 2 services run and have stayed. Their containers are new.");
  expect(world.server.composes).toHaveLength(1);
  expect(world.server.composes[0]).toMatchObject({ env: "OTHER=2\nTOKEN=1" });
});

test("an update whose containers stay those of the former image is no success", async () => {
  const world = await ownWorld();
  await world.over(await deploy(world));
  const former = world.server.behaviour.keepContainers;
  world.server.behaviour.keepContainers = true;
  const { run } = await world.over(await deploy(world, file.replace("hello:1", "hello:2")));
  world.server.behaviour.keepContainers = former;
  expect(run.error?.message).toMatch(/“web” still runs from its former image/);
});

test("a failed update puts file and variables back and deploys them again", async () => {
  const world = await ownWorld();
  await world.over(await deploy(world, file, { env: "TOKEN=1" }));
  const before = { composeFile: world.server.composes[0]?.composeFile, env: world.server.composes[0]?.env };
  const orders = world.server.deployments.length;
  world.server.behaviour.page = 500;
  const id = await deploy(world, file.replace("hello:1", "hello:2"), { env: "TOKEN=2" });
  const { run } = await world.over(id);
  expect(run).toMatchObject({ state: "failed", undoneAt: expect.any(Number) });
  expect(world.server.composes[0]).toMatchObject(before);
  expect(world.server.deployments.length).toBe(orders + 2);
});

test("a file that somebody else has pasted since is not overwritten by an undo", async () => {
  const world = await ownWorld();
  await world.over(await deploy(world));
  const id = await deploy(world, file.replace("hello:1", "hello:2"));
  await world.over(id);
  Object.assign(world.server.composes[0] ?? {}, { composeFile: "services: {by-hand: {image: x}}" });
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "failed");
  expect(run.error?.message).toMatch(/changed or deployed by somebody else since/);
  expect(world.server.composes[0]).toMatchObject({ composeFile: "services: {by-hand: {image: x}}" });
});

test("a stack of an image and one of a file are not turned into each other", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy());
  const { run } = await world.over(await deploy(world, file, { keepFailed: "on" }));
  expect(run.error?.message).toMatch(/“demo” is there already and was made of an image/);
});

test("a compose stack is removed by its name, its volumes stay, and the answer is looked up", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  await world.over(await deploy(world));
  const id = await world.start({ name: "demo" }, "remove-stack");
  const asked = JSON.stringify(stepOf(await world.until(id, "asking"), "approving"));
  expect(asked).toContain("Goes: the compose service “opencode-demo”");
  expect(asked).toContain("Stays: the volumes that its file names");
  await world.engine.answer(id, "approving", {}, "Ada", { press: "approve" });
  const { run } = await world.until(id, "completed", "failed");
  expect(run.outcome?.sentence).toMatch(/^“demo” is removed\. Dokploy lists nothing of it/);
  expect(contents(world.server)).toEqual(before);
});

test.each([
  ["compose.create", "creating-application"],
  ["domain.create", "creating-domain"],
  ["compose.deploy", "deploying"],
])("a lost answer of %s makes nothing twice", async (call, step) => {
  const world = await ownWorld();
  world.server.fault(call, "lost", 1);
  const at = await world.over(await deploy(world));
  expect(at.run.error).toBeNull();
  expect(stepOf(at, step).state).toBe("completed");
  expect(world.server.composes).toHaveLength(1);
  expect(world.server.domains.filter(({ composeId }) => composeId !== undefined)).toHaveLength(1);
  expect(world.server.deployments).toHaveLength(1);
});

test("a proxy that answers each call with pages of its own for a while is waited out, and each thing is made once", async () => {
  const server = await ownServer();
  const world = await openStackWorld(server, {}, undefined, { outageMs: 600_000 });
  onTestFinished(() => world.close());
  const met = new Set<string>();
  server.arrived = (call) => {
    if (call === "page" || met.has(call)) return;
    met.add(call);
    // What only reads asks three times by itself.
    server.fault(call, "bad-gateway", 3);
  };
  const { run } = await world.over(await deploy(world));
  expect(run.error).toBeNull();
  expect([...met]).toEqual(
    expect.arrayContaining([
      "project.all",
      "compose.create",
      "compose.update",
      "compose.deploy",
      "domain.create",
    ]),
  );
  expect(server.composes).toHaveLength(1);
  expect(server.deployments).toHaveLength(1);
});
