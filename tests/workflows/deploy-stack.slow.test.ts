import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDokployKind } from "#connectors/dokploy/kind.ts";
import { type DokploySandbox, startDokploySandbox } from "#sandbox/dokploy/server.ts";
import { openWorld, stepOf, type World } from "../engine/world.ts";
import { stackWorkflow } from "./deploy-stack-world.ts";

let dataDir: string;
let sandbox: DokploySandbox;
let world: World;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "milepost-stack-"));
  sandbox = await startDokploySandbox({ dataDir });
  Object.assign(sandbox.faults, {
    pullMs: 50,
    queueBusyMs: 50,
    slowStartMs: 1_500,
    restartMs: 200,
    monitorMs: 1_000,
  });
  const server = { url: sandbox.url, apiKey: sandbox.apiKey, publicPort: sandbox.proxyPort };
  world = await openWorld([
    stackWorkflow(server, undefined, { monitorMs: 1_500, outageMs: 20_000, lookEveryMs: 50 }),
  ]);
});
afterAll(async () => {
  await world.close();
  await sandbox.close();
  await rm(dataDir, { recursive: true, force: true });
});

const deploy = async (values: Record<string, string>) => {
  const id = await world.start({ healthEvery: "0.2", healthTimeout: "20", ...values });
  return world.until(id, "completed", "failed", "undone");
};

test("a real process answers at the stack's URL, with the variables that were given", async () => {
  const { run } = await deploy({ name: "hello", image: "milepost/hello", env: "GREETING=1" });
  expect(run.error).toBeNull();
  expect(run.outcome?.sentence).toMatch(
    /^“hello” is deployed: http:\/\/hello\.apps\.localhost:\d+ answers with 200\.$/,
  );
  expect(sandbox.services()).toMatchObject([{ pid: expect.any(Number) }]);
});

test("a stack that starts slowly is waited for: done is not healthy", async () => {
  const at = await deploy({ name: "slow", image: "milepost/slow-start" });
  expect(at.run.error).toBeNull();
  const lines = await world.store.logs(at.run.id, { after: null, limit: 100, stepId: "verifying-health" });
  expect(lines.length).toBeGreaterThan(0);
});

test.each(["milepost/never-healthy", "milepost/crash"])(
  "a stack of %s is rolled back, its process with it, and the one before still answers",
  async (image) => {
    const before = sandbox.services();
    const { run } = await deploy({ name: "sick", image, healthTimeout: "1" });
    expect(run).toMatchObject({
      state: "failed",
      undoneAt: expect.any(Number),
      error: { stepId: "verifying-health" },
    });
    expect(sandbox.services()).toEqual(before);
  },
);

test("an image that cannot be pulled fails with the reason, which only the log knows", async () => {
  const at = await deploy({ name: "nothing", image: "nowhere/nothing" });
  expect(at.run.undoneAt).not.toBeNull();
  expect(stepOf(at, "deploying").error?.message).toMatch(/pull access denied for nowhere\/nothing/);
});

test("a key with a limit is found by the connection's test, and one that is used up told with what to do", async () => {
  const limited = await startDokploySandbox({ dataDir: join(dataDir, "limited"), rateLimit: true });
  const kind = createDokployKind({ image: null, domainSuffix: null });
  const values = { baseUrl: limited.url, apiKey: limited.apiKey };
  const signal = new AbortController().signal;
  const reports = [await kind.test(values, signal), await kind.test(values, signal)];
  await limited.close();
  expect(reports.map(({ ok }) => ok)).toEqual([false, false]);
  expect(reports[0]?.sentence).toMatch(
    /accepted and then refused .* it has a rate limit.*without a rate limit/,
  );
  expect(reports[1]?.sentence).toMatch(/rate limit that is used up.*without a rate limit/);
});

test("an existing stack gets another image, and everything else stays", async () => {
  const before = sandbox.services().length;
  const { run, steps } = await deploy({ name: "hello", image: "milepost/hello:latest" });
  expect(run.outcome?.sentence).toMatch(/^“hello” is updated/);
  expect(steps.filter(({ state }) => state === "skipped")).toHaveLength(3);
  expect(sandbox.services()).toHaveLength(before);
});
