import { expect, test } from "vitest";
import { stepOf } from "../engine/world.ts";
import { addProject, clientOf, contents, ownWorld } from "./deploy-stack-world.ts";

const details = {
  volumes: "/workspace\ncache-of-all:/var/cache",
  moreDomains: "shop.example.org /pay port=3000 certificate=cloudflare http\nalso.example.org http",
  registryUser: "ada",
  registryPassword: "token-of-the-registry",
  image: "ghcr.io/private/app:1",
  replicas: "1",
  memoryMb: "256",
  command: "serve --fast",
  environment: "staging",
  server: "second",
  healthTimeout: "0.2",
};

/** Hosts outside of "localhost" lead nowhere here, so the page of another host is looked at as that of a stack's own. */
const ownHosts = { moreDomains: "shop.localhost /pay port=3000 http\nalso.localhost" };

test("volumes, credentials, size, command, environment, server and domains are set as they were asked for", async () => {
  const world = await ownWorld();
  const id = await world.deploy({ ...details, ...ownHosts });
  const { run, steps } = await world.over(id);
  expect(run.error).toBeNull();
  const { server } = world;
  expect(server.environments).toMatchObject([{ name: "staging" }]);
  expect(server.applications[1]).toMatchObject({
    environmentId: server.environments[0]?.environmentId,
    serverId: "srv",
    username: "ada",
    password: "token-of-the-registry",
    registryUrl: "ghcr.io",
    replicas: 1,
    memoryLimit: String(256 * 1024 * 1024),
    command: "serve --fast",
    mounts: [
      { type: "volume", volumeName: "workspace-demo", mountPath: "/workspace" },
      { type: "volume", volumeName: "cache-of-all", mountPath: "/var/cache" },
    ],
  });
  expect(server.domains.slice(1)).toMatchObject([
    { host: "demo.apps.localhost", path: "/", port: 8080 },
    { host: "shop.localhost", path: "/pay", port: 3000, https: false, certificateType: "none" },
    { host: "also.localhost", path: "/", port: 8080 },
  ]);
  expect(run.outcome?.facts).toContainEqual({ label: "Server", value: "second" });
  expect(run.outcome?.facts).toContainEqual({
    label: "Kept through updates",
    value: "/workspace, /var/cache",
  });
  expect(JSON.stringify([run, steps, await world.store.logs(id, { after: null, limit: 500 })])).not.toContain(
    "token-of-the-registry",
  );
  expect(server.wrong).toEqual([]);
});

test("undoing a stack with all of that leaves nothing of it", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  const id = await world.deploy({ ...details, ...ownHosts });
  await world.over(id);
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed")).run.error).toBeNull();
  expect(contents(world.server)).toEqual(before);
  expect(world.server.environments).toEqual([]);
});

test("an update that is undone gives back settings, credentials and mounts, and says that the volume itself stays", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy({ volumes: "/kept", memoryMb: "64" }));
  const before = contents(world.server);
  const { volumes, memoryMb, command, registryUser, registryPassword } = details;
  const id = await world.deploy({ volumes, memoryMb, command, registryUser, registryPassword, ...ownHosts });
  await world.over(id);
  expect(world.server.applications[1]?.mounts).toHaveLength(3);
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed")).run.error).toBeNull();
  expect(contents(world.server)).toEqual(before);
  const logs = JSON.stringify(await world.store.logs(id, { after: null, limit: 500 }));
  expect(logs).toContain("docker volume rm workspace-demo");
});

test("a stack without a volume is told to lose what it writes, in its plan, its log and its result; one with a volume is not", async () => {
  const world = await ownWorld();
  const plan = await world.engine.plan("deploy-stack", { connection: "dok", name: "demo" });
  expect(JSON.stringify(plan)).toContain("lost with each update");
  const id = await world.deploy();
  const { run } = await world.over(id);
  expect(run.outcome?.facts).toContainEqual({
    label: "Kept through updates",
    value: "nothing; it has no volume",
  });
  const logs = JSON.stringify(await world.store.logs(id, { after: null, limit: 500 }));
  expect(logs).toContain("lost with each update");
  const next = await world.deploy({ volumes: "/workspace" });
  await world.over(next);
  expect(JSON.stringify(await world.store.logs(next, { after: null, limit: 500 }))).not.toContain(
    "lost with",
  );
});

test("a volume that is mounted already is not mounted twice, and one in its place is refused before anything is set", async () => {
  const world = await ownWorld();
  await world.over(await world.deploy({ volumes: "/workspace" }));
  await world.over(await world.deploy({ volumes: "/workspace" }));
  expect(world.server.applications[1]?.mounts).toHaveLength(1);
  const { run } = await world.over(
    await world.deploy({ volumes: "other:/workspace", image: "milepost/x:2" }),
  );
  expect(run.error?.message).toMatch(/\/workspace of the application is the volume “workspace-demo” already/);
  expect(world.server.applications[1]?.dockerImage).toBe("milepost/hello:1");
});

test("a mount whose answer was lost is found again and not made twice", async () => {
  const world = await ownWorld();
  world.server.fault("mounts.create", "lost", 1);
  const { run } = await world.over(await world.deploy({ volumes: "/workspace" }));
  expect(run.error).toBeNull();
  expect(world.server.applications[1]?.mounts).toHaveLength(1);
});

test("another host that is taken is refused before one is added", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  const { run } = await world.over(await world.deploy({ moreDomains: "other.apps.localhost http" }));
  expect(run.error?.message).toMatch(/other\.apps\.localhost is in use by the application “opencode-other”/);
  expect(contents(world.server)).toEqual(before);
});

test("a server that Dokploy does not have stops the run before anything is made, and names those it has", async () => {
  const world = await ownWorld();
  const before = contents(world.server);
  const { run, steps } = await world.over(await world.deploy({ server: "third" }));
  expect(run.error?.message).toBe("Dokploy has no server “third”. There are “second”.");
  expect(stepOf({ run, steps }, "initializing").state).toBe("failed");
  expect(contents(world.server)).toEqual(before);
});

test("an existing environment is used and stays; a project of others keeps it", async () => {
  const world = await ownWorld();
  const { projectId } = await addProject(world.server, "ai-stack-demo");
  const signal = new AbortController().signal;
  await clientOf(world.server).createEnvironment(
    { name: "staging", projectId, description: "by hand" },
    signal,
  );
  const before = contents(world.server);
  const id = await world.deploy({ environment: "staging" });
  await world.over(id);
  expect(world.server.applications[1]?.environmentId).toBe(world.server.environments[0]?.environmentId);
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone", "failed");
  expect(contents(world.server)).toEqual(before);
  expect(world.server.environments).toHaveLength(1);
});

test.each([
  ["volumes", "workspace"],
  ["volumes", "/a/../b"],
  ["volumes", "/a\n/a"],
  ["moreDomains", "nohost"],
  ["moreDomains", "a.example.org port=0"],
  ["moreDomains", "a.example.org sideways"],
  ["moreDomains", "a.example.org\na.example.org"],
  ["moreDomains", "127.0.0.1"],
  ["certificate", "two words"],
  ["registryUrl", "ghcr.io"],
  ["registryUser", "ada"],
])("%s “%s” is refused in the form", async (field, typed) => {
  const world = await ownWorld();
  await expect(world.deploy({ [field]: typed })).rejects.toMatchObject({ code: "bad-input" });
});
