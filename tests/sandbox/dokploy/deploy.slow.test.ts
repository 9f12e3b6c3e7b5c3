import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder, openSandbox, until } from "./world.ts";

test("a deployed application answers at its domain, and shows the names of its variables but no value", async () => {
  const { prepare, post, deploy, visit } = await openSandbox();
  const { applicationId, host, appName } = await prepare("milepost/hello");
  expect(await visit(host)).toMatchObject({ status: 502 });
  await post("application.saveEnvironment", {
    applicationId,
    env: "GREETING=hush\nTOKEN=sesame",
    buildArgs: null,
    buildSecrets: null,
    createEnvFile: true,
  });
  expect(await deploy(applicationId)).toMatchObject({ status: "done", errorMessage: null, pid: null });
  const { text } = await until(async () => {
    const seen = await visit(host);
    return seen.status === 200 && seen;
  });
  for (const shown of [appName, "GREETING", "TOKEN"]) expect(text).toContain(shown);
  for (const hidden of ["hush", "sesame"]) expect(text).not.toContain(hidden);
  expect(await visit("other.apps.localhost")).toMatchObject({ status: 404 });
});

test("the order to deploy is answered 200 with an empty body", async () => {
  const { prepare, url, apiKey } = await openSandbox();
  const { applicationId } = await prepare("milepost/hello");
  const answer = await fetch(`${url}/api/application.deploy`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": "application/json" },
    body: JSON.stringify({ applicationId }),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(await answer.text()).toBe("");
});

test("while one deployment runs the next is in the queue only, and begins when the first has ended", async () => {
  const { prepare, post, deployments, queue, faults, get } = await openSandbox();
  const { applicationId } = await prepare("milepost/hello");
  faults.pullMs = 1_500;
  await post("application.deploy", { applicationId, title: "first" });
  await post("application.deploy", { applicationId, title: "second" });
  await until(async () => (await deployments(applicationId)).length === 1);
  expect(await deployments(applicationId)).toMatchObject([
    { title: "first", status: "running", finishedAt: null },
  ]);
  expect((await get("application.one", { applicationId })).body).toMatchObject({
    applicationStatus: "running",
  });
  expect(await queue()).toMatchObject([
    { id: "job-2", state: "waiting", data: { applicationId, titleLog: "second", type: "deploy" } },
    { id: "job-1", name: "deployments", state: "active", data: { applicationId, titleLog: "first" } },
  ]);
  await until(async () => (await deployments(applicationId)).length === 2);
  expect(await deployments(applicationId)).toMatchObject([
    { title: "second", status: "running" },
    { title: "first", status: "done" },
  ]);
  await until(async () => (await deployments(applicationId)).every((row) => row.status === "done"));
  expect(await queue()).toEqual([]);
  expect((await get("application.one", { applicationId })).body).toMatchObject({ applicationStatus: "done" });
});

test("waiting deployments can be dropped; the one under way goes on", async () => {
  const { prepare, post, deployments, queue, faults } = await openSandbox();
  const { applicationId } = await prepare("milepost/hello");
  faults.pullMs = 1_500;
  for (const title of ["first", "second", "third"])
    await post("application.deploy", { applicationId, title });
  await until(async () => (await deployments(applicationId)).length === 1);
  await post("application.cleanQueues", { applicationId });
  expect(await queue()).toMatchObject([{ state: "active" }]);
  await until(async () => (await queue()).length === 0);
  expect(await deployments(applicationId)).toMatchObject([{ title: "first", status: "done" }]);
});

test("a failed pull ends as “error” without a message; only the log tells why", async () => {
  const { prepare, deploy, get, logOf, visit } = await openSandbox();
  const { applicationId, host } = await prepare("ghcr.io/example/app:1.2");
  const row = await deploy(applicationId);
  expect(row).toMatchObject({ status: "error", errorMessage: null });
  const log = await logOf(row.deploymentId);
  expect(log).toContain("pull access denied for ghcr.io/example/app, repository");
  expect(log).toContain("❌ Pulling image failed");
  expect((await get("application.one", { applicationId })).body).toMatchObject({
    applicationStatus: "error",
  });
  expect(await visit(host)).toMatchObject({ status: 502 });
});

test("a deployment that a test wants to fail says its reason in the log", async () => {
  const { prepare, deploy, logOf, faults } = await openSandbox();
  const { applicationId } = await prepare("milepost/hello");
  faults.failDeployments = "no space left on device";
  const row = await deploy(applicationId);
  expect(row).toMatchObject({ status: "error", errorMessage: null });
  expect(await logOf(row.deploymentId)).toContain("no space left on device");
});

test("a deployment whose log cannot be written ends as “error”, and the next one has its turn", async () => {
  const dataDir = await folder();
  const { prepare, deploy } = await openSandbox({ dataDir });
  const { applicationId } = await prepare("milepost/hello");
  await writeFile(join(dataDir, "logs"), "in the way");
  expect(await deploy(applicationId, "first")).toMatchObject({ status: "error" });
  await rm(join(dataDir, "logs"));
  expect(await deploy(applicationId, "second")).toMatchObject({ status: "done" });
});

test("the log grows while the deployment runs, and its end can be asked for", async () => {
  const { prepare, post, deployments, logOf, faults, get } = await openSandbox();
  const { applicationId } = await prepare("milepost/hello");
  faults.pullMs = 600;
  await post("application.deploy", { applicationId });
  const row = await until(async () => (await deployments(applicationId))[0]);
  const lengths = new Set<number>();
  await until(async () => {
    lengths.add((await logOf(row.deploymentId)).split("\n").length);
    return (await deployments(applicationId))[0]?.status === "done";
  });
  expect(lengths.size).toBeGreaterThanOrEqual(3);
  const { body } = await get("deployment.readLogs", { deploymentId: row.deploymentId, tail: "1" });
  expect(body).toBe("✅ Pulling image completed.\n");
});

test("an application keeps its last eleven deployments, newest first", async () => {
  const { prepare, deploy, deployments, get, faults } = await openSandbox();
  faults.pullMs = 0;
  const { applicationId } = await prepare("example/none");
  const first = await deploy(applicationId, "nr 1");
  for (let nth = 2; nth <= 12; nth++) await deploy(applicationId, `nr ${nth}`);
  const titles = (await deployments(applicationId)).map(({ title }) => title);
  expect(titles).toEqual(Array.from({ length: 11 }, (_, index) => `nr ${12 - index}`));
  const { deploymentId } = first;
  expect((await get("deployment.readLogs", { deploymentId })).status).toBe(404);
  const byType = (await get("deployment.allByType", { id: applicationId, type: "application" })).body;
  expect(byType).toMatchObject(titles.map((title) => ({ title, rollback: null })));
});

test("neither a running deployment nor its process can be ended", async () => {
  const { prepare, post, deployments, faults } = await openSandbox();
  const { applicationId } = await prepare("milepost/hello");
  faults.pullMs = 300;
  await post("application.deploy", { applicationId });
  const { deploymentId } = await until(async () => (await deployments(applicationId))[0]);
  expect(await post("deployment.killProcess", { deploymentId })).toMatchObject({
    status: 400,
    body: { message: "Deployment is not running" },
  });
  expect(await post("application.cancelDeployment", { applicationId })).toMatchObject({
    status: 400,
    body: { message: "Deployment cancellation only available in cloud version" },
  });
  await until(async () => (await deployments(applicationId))[0]?.status === "done");
});
