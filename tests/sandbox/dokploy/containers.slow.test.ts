import { expect, test } from "vitest";
import { alive, openSandbox, until } from "./world.ts";

test("“done” is not healthy: a slow application is out of reach at first and answers later", async () => {
  const { prepare, deploy, visit, faults } = await openSandbox();
  faults.slowStartMs = 2_500;
  const { applicationId, host } = await prepare("milepost/slow-start");
  expect(await deploy(applicationId)).toMatchObject({ status: "done" });
  expect(await visit(host)).toMatchObject({ status: 502 });
  await until(async () => (await visit(host)).status === 200);
});

test("an application that never gets healthy is deployed all the same and answers 503", async () => {
  const { prepare, deploy, visit } = await openSandbox();
  const { applicationId, host } = await prepare("milepost/never-healthy");
  expect(await deploy(applicationId)).toMatchObject({ status: "done" });
  await until(async () => (await visit(host)).status === 503);
});

test("an application that crashes is deployed all the same, and started again and again", async () => {
  const { prepare, deploy, visit, get } = await openSandbox();
  const { applicationId, host } = await prepare("milepost/crash");
  expect(await deploy(applicationId)).toMatchObject({ status: "done" });
  const log = async () => String((await get("application.readLogs", { applicationId })).body);
  await until(async () => (await log()).split("cannot read the configuration").length > 2);
  // As Docker keeps them: what the process wrote, and nothing of anybody else.
  expect(
    (await log())
      .trim()
      .split("\n")
      .every((line) => line.endsWith("Z cannot read the configuration")),
  ).toBe(true);
  expect(await visit(host)).toMatchObject({ status: 502 });
});

test("a process that somebody kills is replaced by another", async () => {
  const { prepare, deploy, visit, services } = await openSandbox();
  const { applicationId, host } = await prepare("milepost/hello");
  await deploy(applicationId);
  await until(async () => (await visit(host)).status === 200);
  const pid = services()[0]?.pid ?? 0;
  process.kill(pid, "SIGKILL");
  await until(async () => !alive(pid) && (await visit(host)).status === 200);
  expect(services()[0]?.pid).not.toBe(pid);
});

interface TaskRow {
  containerId: string;
  state: string;
  currentState: string;
  error: string;
}

const tasksOf = async ({ get }: Awaited<ReturnType<typeof openSandbox>>, appName: string) =>
  (await get("docker.getServiceContainersByAppName", { appName })).body as TaskRow[];

test.each([
  ["milepost/crash:2", "task: non-zero exit (1)"],
  ["milepost/unhealthy:2", "task: non-zero exit (143)"],
])("an update to %s is ordered and “done”, fails, and the former version goes on", async (image, error) => {
  const sandbox = await openSandbox();
  sandbox.faults.monitorMs = 5_000;
  const { applicationId, appName, host } = await sandbox.prepare("milepost/hello:1");
  await sandbox.deploy(applicationId, "first");
  await until(async () => (await sandbox.visit(host)).status === 200);
  const [first] = await tasksOf(sandbox, appName);
  await sandbox.post("application.update", { applicationId, dockerImage: image });
  expect(await sandbox.deploy(applicationId, "second")).toMatchObject({ status: "done" });
  const failed = await until(async () =>
    (await tasksOf(sandbox, appName)).find(({ currentState }) => currentState.startsWith("Failed")),
  );
  expect(failed).toMatchObject({ state: "shutdown", error: `"${error}"` });
  expect(failed.containerId).not.toBe(first?.containerId);
  await until(async () => (await sandbox.visit(host)).text.includes("milepost/hello:1"));
  const { body } = await sandbox.get("application.one", { applicationId });
  expect(body).toMatchObject({ dockerImage: image, applicationStatus: "done" });
});

test("an update is start-first: the old container answers until the new one runs, then goes", async () => {
  const sandbox = await openSandbox();
  const { applicationId, appName, host } = await sandbox.prepare("milepost/hello:1");
  await sandbox.deploy(applicationId, "first");
  await until(async () => (await sandbox.visit(host)).text.includes("hello:1"));
  await sandbox.post("application.update", { applicationId, dockerImage: "milepost/hello:2" });
  await sandbox.deploy(applicationId, "second");
  await until(async () => (await sandbox.visit(host)).text.includes("hello:2"));
  await until(async () => (await tasksOf(sandbox, appName))[1]?.currentState.startsWith("Shutdown"));
  expect(await tasksOf(sandbox, appName)).toMatchObject([
    { state: "running", currentState: expect.stringMatching(/^Running .* ago$/), error: "" },
    { state: "shutdown", error: "" },
  ]);
});

test("a new deployment replaces the process by one of the new image", async () => {
  const { prepare, post, deploy, visit, services } = await openSandbox();
  const { applicationId, host, appName } = await prepare("milepost/hello");
  await deploy(applicationId, "first");
  await until(async () => (await visit(host)).status === 200);
  const before = services()[0]?.pid ?? 0;
  await post("application.update", { applicationId, dockerImage: "milepost/never-healthy" });
  await deploy(applicationId, "second");
  await until(async () => (await visit(host)).status === 503);
  expect(alive(before)).toBe(false);
  expect(services()).toEqual([{ appName, pid: expect.any(Number) }]);
});

test("a domain with another port than the container's leads nowhere", async () => {
  const { prepare, deploy, visit, get } = await openSandbox();
  const { applicationId, host } = await prepare("milepost/hello", { port: 3000 });
  await deploy(applicationId);
  const log = async () => String((await get("application.readLogs", { applicationId })).body);
  await until(async () => (await log()).includes("listening"));
  expect(await visit(host)).toMatchObject({ status: 502 });
});

test("a domain with HTTPS sends plain requests on to HTTPS", async () => {
  const { prepare, visit } = await openSandbox();
  const { host } = await prepare("milepost/hello", { https: true });
  expect(await visit(host, "/a?b=c")).toMatchObject({ status: 301, location: `https://${host}/a?b=c` });
});

test("a stopped application is gone until it is started", async () => {
  const { prepare, post, deploy, visit, services } = await openSandbox();
  const { applicationId, host, appName } = await prepare("milepost/hello");
  await deploy(applicationId);
  await until(async () => (await visit(host)).status === 200);
  const stopped = await post("application.stop", { applicationId });
  // The row as it was before.
  expect(stopped).toMatchObject({ status: 200, body: { applicationStatus: "done" } });
  expect(await visit(host)).toMatchObject({ status: 502 });
  expect(services()).toEqual([{ appName, pid: null }]);
  const started = await post("application.start", { applicationId });
  expect(started).toMatchObject({ status: 200, body: { applicationStatus: "idle" } });
  await until(async () => (await visit(host)).status === 200);
});

test("what a container writes can be read, searched and cut to its end", async () => {
  const { prepare, deploy, visit, get } = await openSandbox();
  const { applicationId, host } = await prepare("milepost/hello");
  await deploy(applicationId);
  await until(async () => (await visit(host)).status === 200);
  for (const path of ["/one", "/two"]) await visit(host, path);
  const log = async (query: Record<string, string>) =>
    String((await get("application.readLogs", { applicationId, ...query })).body);
  await until(async () => (await log({})).includes("GET /two 200"));
  expect(await log({ search: "one" })).toMatch(/^\S+Z GET \/one 200$/);
  expect(await log({ tail: "1", since: "5m" })).toMatch(/^\S+Z GET \/two 200$/);
});

test("removing the project first leaves process and route behind, and no call reaches them any more", async () => {
  const { prepare, post, deploy, visit, services, get } = await openSandbox();
  const { projectId, applicationId, host, appName } = await prepare("milepost/hello");
  await deploy(applicationId);
  await until(async () => (await visit(host)).status === 200);
  expect((await post("project.remove", { projectId })).status).toBe(200);
  expect((await get("project.all")).body).toEqual([]);
  expect((await get("application.one", { applicationId })).status).toBe(404);
  expect((await post("application.delete", { applicationId })).status).toBe(404);
  expect(await visit(host)).toMatchObject({ status: 200 });
  expect(services()).toEqual([{ appName, pid: expect.any(Number) }]);
});

test("domain, application and project, removed in this order, leave nothing behind", async () => {
  const { prepare, post, deploy, visit, services } = await openSandbox();
  const { projectId, applicationId, domainId, host } = await prepare("milepost/hello");
  await deploy(applicationId);
  await until(async () => (await visit(host)).status === 200);
  const pid = services()[0]?.pid ?? 0;
  expect((await post("domain.delete", { domainId })).status).toBe(200);
  expect(await visit(host)).toMatchObject({ status: 404 });
  expect((await post("application.delete", { applicationId })).status).toBe(200);
  expect((await post("project.remove", { projectId })).status).toBe(200);
  expect(services()).toEqual([]);
  expect(alive(pid)).toBe(false);
});

test("an application that is deleted while its deployment runs leaves its service behind", async () => {
  const { prepare, post, deployments, services, faults } = await openSandbox();
  const { applicationId, appName } = await prepare("milepost/hello");
  faults.pullMs = 1_500;
  await post("application.deploy", { applicationId });
  await until(async () => (await deployments(applicationId)).length === 1);
  expect((await post("application.delete", { applicationId })).status).toBe(200);
  expect(services()).toEqual([]);
  await until(async () => services()[0]?.pid);
  expect(services()).toEqual([{ appName, pid: expect.any(Number) }]);
});

test("a service runs as many containers as it has replicas, and an update takes the place of all of them", async () => {
  const sandbox = await openSandbox();
  const { applicationId, appName, host } = await sandbox.prepare("milepost/hello:1");
  await sandbox.post("application.update", { applicationId, replicas: 2 });
  const running = async () => (await tasksOf(sandbox, appName)).filter(({ state }) => state === "running");
  await sandbox.deploy(applicationId, "first");
  await until(async () => (await running()).length === 2);
  const first = (await running()).map(({ containerId }) => containerId);
  await sandbox.deploy(applicationId, "second");
  await until(async () => {
    const now = await running();
    return now.length === 2 && now.every(({ containerId }) => !first.includes(containerId));
  });
  await until(async () => (await sandbox.visit(host)).status === 200);
});
