import { expect, test } from "vitest";
import { openSandbox } from "./world.ts";

test("two projects may have the same name, and the newest comes first", async () => {
  const { get, post } = await openSandbox();
  const first = await post("project.create", { name: "p", description: "one" });
  const second = await post("project.create", { name: "p", description: "two" });
  expect(first).toMatchObject({
    status: 200,
    body: {
      project: { name: "p", description: "one", env: "" },
      environment: { name: "production", isDefault: true },
    },
  });
  expect(second.status).toBe(200);
  expect((await get("project.all")).body).toMatchObject([
    { name: "p", description: "two", environments: [{ name: "production", applications: [], compose: [] }] },
    { name: "p", description: "one" },
  ]);
});

test("an application's service gets a random ending, so that the same name may be used again", async () => {
  const { get, post, prepare } = await openSandbox();
  const { applicationId, appName, environmentId, projectId } = await prepare("milepost/hello");
  expect(appName).toMatch(/^web-[a-z0-9]{6}$/);
  const again = await post("application.create", { name: "web", appName: "web", environmentId });
  expect(again).toMatchObject({
    status: 200,
    body: { name: "web", sourceType: "github", buildType: "nixpacks", applicationStatus: "idle", env: null },
  });
  expect((again.body as { appName: string }).appName).not.toBe(appName);
  expect((await get("environment.byProjectId", { projectId })).body).toMatchObject([
    {
      environmentId,
      isDefault: true,
      applications: [{ applicationId, appName, applicationStatus: "idle" }, { name: "web" }],
      project: { projectId },
    },
  ]);
});

test("a service's name that is taken is answered 409", async () => {
  const { post, prepare } = await openSandbox({ newEnding: () => "sameas" });
  const { environmentId } = await prepare("milepost/hello");
  expect(await post("application.create", { name: "x", appName: "web", environmentId })).toMatchObject({
    status: 409,
    body: { code: "CONFLICT" },
  });
});

test("an application in an unknown environment is answered 404", async () => {
  const { post } = await openSandbox();
  const answer = await post("application.create", { name: "web", environmentId: "nowhere" });
  expect(answer).toMatchObject({ status: 404, body: { message: "Environment not found" } });
});

test("an update sets columns but never the service's name", async () => {
  const { get, post, prepare } = await openSandbox();
  const { applicationId, appName } = await prepare("milepost/hello");
  const change = { applicationId, appName: "other", replicas: 2, command: "serve" };
  expect(await post("application.update", change)).toEqual({ status: 200, body: true });
  expect((await get("application.one", { applicationId })).body).toMatchObject({
    appName,
    replicas: 2,
    command: "serve",
    dockerImage: "milepost/hello",
  });
});

test("image and variables are kept, and shown with all that belongs to the application", async () => {
  const { get, post, prepare } = await openSandbox();
  const { applicationId, projectId, domainId } = await prepare("milepost/hello");
  const provider = { dockerImage: "milepost/crash", username: null, password: null, registryUrl: null };
  const env = { env: "A=1\nB=2", buildArgs: null, buildSecrets: null, createEnvFile: true };
  expect((await post("application.saveDockerProvider", { applicationId, ...provider })).body).toBe(true);
  expect((await post("application.saveEnvironment", { applicationId, ...env })).body).toBe(true);
  expect((await get("application.one", { applicationId })).body).toMatchObject({
    sourceType: "docker",
    dockerImage: "milepost/crash",
    applicationStatus: "idle",
    env: "A=1\nB=2",
    environment: { name: "production", project: { projectId } },
    domains: [{ domainId }],
    deployments: [],
    mounts: [],
  });
});

test("a host may be given away twice", async () => {
  const { get, post, prepare } = await openSandbox();
  const { applicationId, host, domainId } = await prepare("milepost/hello");
  const again = await post("domain.create", { host, port: 8080, https: false, applicationId });
  expect(again.status).toBe(200);
  expect((await get("domain.byApplicationId", { applicationId })).body).toMatchObject([
    { domainId, host, uniqueConfigKey: 1, path: "/", enabled: true, application: { applicationId } },
    { host, uniqueConfigKey: 2 },
  ]);
});

test.each(["under_score.example.org", "with space.org", "-dash.example.org", "https://example.org", ""])(
  "the host “%s” is answered 400",
  async (host) => {
    const { post, prepare } = await openSandbox();
    const { applicationId } = await prepare("milepost/hello");
    expect(await post("domain.create", { host, applicationId })).toMatchObject({
      status: 400,
      body: { issues: [{ path: ["host"] }] },
    });
  },
);

test("only names that a name server knows are said to lead anywhere", async () => {
  const { post, faults } = await openSandbox();
  const domain = "demo.example.org";
  faults.dns[domain] = "127.0.0.1";
  expect((await post("domain.validateDomain", { domain })).body).toEqual({
    isValid: true,
    resolvedIp: "127.0.0.1",
  });
  expect((await post("domain.validateDomain", { domain, serverIp: "192.0.2.1" })).body).toMatchObject({
    isValid: false,
    resolvedIp: "127.0.0.1",
  });
  expect((await post("domain.validateDomain", { domain: "other.example.org" })).body).toMatchObject({
    isValid: false,
  });
});

test("what was removed is answered 404 the second time", async () => {
  const { post, prepare } = await openSandbox();
  const { projectId, applicationId, domainId, host } = await prepare("milepost/hello");
  const removals = [
    ["domain.delete", { domainId }, { domainId, host }],
    ["application.delete", { applicationId }, { applicationId, domains: [], name: "web" }],
    ["project.remove", { projectId }, { projectId, name: "p" }],
  ] as const;
  for (const [call, body, row] of removals) {
    expect(await post(call, body)).toMatchObject({ status: 200, body: row });
    expect((await post(call, body)).status).toBe(404);
  }
});

test("environments can be added and removed, but neither a second “production” nor the default one", async () => {
  const { get, post, prepare } = await openSandbox();
  const { projectId, environmentId } = await prepare("milepost/hello");
  expect((await post("environment.create", { name: "production", projectId })).status).toBe(400);
  expect(await post("environment.remove", { environmentId })).toMatchObject({
    status: 400,
    body: { message: "You cannot delete the default environment" },
  });
  const { body } = await post("environment.create", { name: "staging", projectId });
  const staging = (body as { environmentId: string }).environmentId;
  expect((await get("environment.one", { environmentId: staging })).body).toMatchObject({
    name: "staging",
    isDefault: false,
    projectId,
    env: "",
  });
  expect((await post("environment.remove", { environmentId: staging })).status).toBe(200);
  expect((await get("environment.one", { environmentId: staging })).status).toBe(404);
});
