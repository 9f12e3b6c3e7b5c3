import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDokploy } from "#connectors/dokploy/client.ts";
import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { atRoot, type DokployServer, startDokployServer } from "./dokploy-server.ts";

const never = new AbortController().signal;
let server: DokployServer;
let dokploy: Dokploy;

const clientThatWaits = (timeLimitMs: number) =>
  createDokploy({ baseUrl: server.url, apiKey: server.apiKey, timeLimitMs, againAfterMs: 1 });

beforeEach(async () => {
  server = await startDokployServer();
  dokploy = clientThatWaits(60_000);
});
afterEach(async () => {
  await server.close();
});

const sent = (call: string): number => server.calls.filter((one) => one.endsWith(` ${call}`)).length;

const stack = async () => {
  const { projectId } = await dokploy.createProject({ name: "demo", description: "for tests" }, never);
  const [environment] = await dokploy.environments(projectId, never);
  const environmentId = environment?.environmentId ?? "";
  const { applicationId } = await dokploy.createApplication(
    { name: "demo", appName: "demo", description: "for tests", environmentId },
    never,
  );
  return { projectId, environmentId, applicationId };
};

describe("the calls", () => {
  it("are all as Dokploy's published schemas ask, from the project to its removal", async () => {
    const { projectId, environmentId, applicationId } = await stack();
    await dokploy.change({ applicationId }, { sourceType: "docker", dockerImage: "nginx:1" }, never);
    await dokploy.change({ applicationId }, { env: "A=1\nB=2" }, never);
    expect(await dokploy.application(applicationId, never)).toMatchObject({
      columns: { dockerImage: "nginx:1", sourceType: "docker" },
    });
    await dokploy.addVolume(applicationId, { volumeName: "work-demo", mountPath: "/work" }, never);
    const [mount] = (await dokploy.application(applicationId, never)).mounts;
    expect(mount).toMatchObject({ type: "volume", volumeName: "work-demo", mountPath: "/work" });
    await dokploy.removeMount(mount?.mountId ?? "", never);
    await dokploy.removeMount(mount?.mountId ?? "", never);
    const staging = await dokploy.createEnvironment({ name: "staging", projectId, description: "" }, never);
    await dokploy.removeEnvironment(staging.environmentId, never);
    expect(await dokploy.servers(never)).toEqual([{ serverId: "srv", name: "second" }]);
    const wish = { host: "demo.localhost", port: 8080, https: false, applicationId, ...atRoot };
    const domain = await dokploy.createDomain(wish, never);
    expect(await dokploy.domains({ applicationId }, never)).toEqual([domain]);
    server.behaviour.queueMs = 200;
    await dokploy.deploy({ applicationId }, { title: "run 1", description: "by test" }, never);
    expect(await dokploy.queue(never)).toMatchObject([{ applicationId, title: "run 1" }]);
    await expect
      .poll(() => dokploy.deployments({ applicationId }, never))
      .toMatchObject([{ title: "run 1", status: "done", errorMessage: null }]);
    const [deployment] = await dokploy.deployments({ applicationId }, never);
    expect(await dokploy.deploymentLog(deployment?.deploymentId ?? "", never)).toContain("Pulling image");
    await dokploy.dropQueued({ applicationId }, never);
    expect(await dokploy.applications(projectId, environmentId, never)).toMatchObject([{ applicationId }]);
    expect(await dokploy.projects(never)).toMatchObject([
      { projectId, environments: [{ services: [{ kind: "application", id: applicationId, name: "demo" }] }] },
    ]);
    await dokploy.removeDomain(domain.domainId, never);
    await dokploy.remove({ applicationId }, never);
    await dokploy.removeProject(projectId, never);
    expect(await dokploy.projects(never)).toEqual([]);
    expect(server.wrong).toEqual([]);
  });

  it("ask for a certificate where a domain is served with HTTPS, and for none where it is not", async () => {
    const { applicationId } = await stack();
    for (const https of [true, false])
      await dokploy.createDomain(
        { host: `${https}.localhost`, port: 8080, https, applicationId, ...atRoot },
        never,
      );
    expect(server.domains).toMatchObject([
      { https: true, certificateType: "letsencrypt", port: 8080, path: "/", domainType: "application" },
      { https: false, certificateType: "none" },
    ]);
  });

  it("understand both shapes of a created project", async () => {
    const nested = await dokploy.createProject({ name: "demo", description: "" }, never);
    server.behaviour.flatProject = true;
    const flat = await dokploy.createProject({ name: "demo", description: "" }, never);
    expect(nested).toMatchObject({
      projectId: server.projects[1]?.projectId,
      environmentId: expect.any(String),
    });
    expect(flat).toEqual({ projectId: server.projects[0]?.projectId, environmentId: null });
  });

  it("take what is gone already for removed", async () => {
    await dokploy.removeDomain("dom", never);
    await dokploy.remove({ applicationId: "app" }, never);
    await dokploy.removeProject("prj", never);
  });
});

describe("a failure", () => {
  it.each([
    [401, "remote-refused", /wrong or deleted, or it has a rate limit that is used up.*five calls a day/],
    [404, "not-found", /something it needs is not there.*“It was not found”/],
    [409, "conflict", /in the way.*“It is taken”/],
    [500, "remote-failed", /HTTP 500.*“It broke”/],
    ["hang", "timed-out", /Asked to list the projects, .* did not answer within 1 s.*looked up before/],
    ["cut", "unreachable", /broke before the answer was whole/],
    ["empty", "remote-odd", /gave an empty answer/],
    ["html", "remote-odd", /a web page instead of JSON.*that of a Dokploy server/],
  ] as const)("%s is told as %s in a sentence", async (fault, code, sentence) => {
    server.fault("project.all", fault);
    if (fault === "hang") dokploy = clientThatWaits(300);
    await expect(dokploy.projects(never)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(sentence),
    });
  });

  it("of a read passes when it passes by itself", async () => {
    server.fault("project.all", 500, 2);
    expect(await dokploy.projects(never)).toEqual([]);
    expect(sent("project.all")).toBe(3);
  });

  it.each(["hang", "lost", "lost-500", 500, "cut"] as const)(
    "%s of a call that makes something does not make it twice",
    async (fault) => {
      const { projectId, applicationId, environmentId } = await stack();
      for (const call of ["project.create", "application.create", "domain.create", "application.deploy"])
        server.fault(call, fault, 1);
      if (fault === "hang") dokploy = clientThatWaits(1_000);
      const before = server.calls.length;
      const text = { name: "b", description: "" };
      const makes = [
        dokploy.createProject(text, never),
        dokploy.createApplication({ ...text, appName: "b", environmentId }, never),
        dokploy.createDomain({ host: "b.localhost", port: 80, https: true, applicationId, ...atRoot }, never),
        dokploy.deploy({ applicationId }, { title: projectId, description: "" }, never),
      ];
      for (const made of await Promise.allSettled(makes)) expect(made.status).toBe("rejected");
      expect(server.calls.length - before).toBe(makes.length);
    },
  );

  it("of a call that may be repeated is got over", async () => {
    const { applicationId } = await stack();
    server.fault("application.update", "lost", 1);
    await dokploy.change({ applicationId }, { sourceType: "docker", dockerImage: "nginx:2" }, never);
    expect(await dokploy.application(applicationId, never)).toMatchObject({
      columns: { dockerImage: "nginx:2" },
    });
    expect(sent("application.update")).toBe(2);
  });

  it("never shows the key", async () => {
    const stranger = createDokploy({ baseUrl: server.url, apiKey: "other-secret-key", againAfterMs: 1 });
    const thrown: unknown = await stranger.projects(never).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "remote-refused", field: "apiKey" });
    expect(JSON.stringify(thrown) + String(thrown)).not.toContain("other-secret-key");
  });

  it("ends a request at once when it is stopped", async () => {
    server.fault("project.all", "hang");
    const stop = new AbortController();
    const asked = createDokploy({ baseUrl: server.url, apiKey: server.apiKey }).projects(stop.signal);
    await expect.poll(() => sent("project.all")).toBe(1);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: "cancelled" });
  });
});
