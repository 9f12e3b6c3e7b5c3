import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DokploySandbox, startDokploySandbox } from "#sandbox/dokploy/server.ts";
import { openWorld, stepOf, type World } from "../engine/world.ts";
import { stackWorkflow } from "./deploy-stack-world.ts";

let dataDir: string;
let sandbox: DokploySandbox;
let world: World;

const fast = { pullMs: 50, queueBusyMs: 20, restartMs: 200, monitorMs: 1_000 };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "milepost-updates-"));
  sandbox = await startDokploySandbox({ dataDir });
  Object.assign(sandbox.faults, fast);
  world = await openWorld([workflowStartedAt(0)]);
});
const workflowStartedAt = (startedAt: number) => {
  const server = { url: sandbox.url, apiKey: sandbox.apiKey, publicPort: sandbox.proxyPort };
  const limits = { monitorMs: 1_500, outageMs: 30_000, lookEveryMs: 50, settleMs: 30_000, startedAt };
  return stackWorkflow(server, undefined, limits);
};
afterAll(async () => {
  await world.close();
  await sandbox.close();
  await rm(dataDir, { recursive: true, force: true });
});

const start = (values: Record<string, string>) =>
  world.start({ healthEvery: "0.2", healthTimeout: "10", ...values });

const deploy = async (values: Record<string, string>) =>
  world.until(await start(values), "completed", "failed", "undone");

/** What a browser is shown at the stack's address. */
const page = (name: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { host: `${name}.apps.localhost` };
    const asking = request(
      { host: "127.0.0.1", port: sandbox.proxyPort, headers, agent: false },
      (answer) => {
        let text = "";
        answer.on("data", (chunk) => {
          text += chunk;
        });
        answer.on("end", () => resolve(`${answer.statusCode} ${text}`));
      },
    );
    asking.on("error", reject);
    asking.end();
  });

const serviceOf = (name: string): string =>
  sandbox.services().find(({ appName }) => appName.startsWith(`opencode-${name}-`))?.appName ?? "";

test("an update to a good version is told as done only when that version answers, alone", async () => {
  await deploy({ name: "good", image: "milepost/hello:v1" });
  const { run } = await deploy({ name: "good", image: "milepost/hello:v9" });
  expect(run.error).toBeNull();
  expect(run.outcome?.sentence).toMatch(/^“good” is updated: .* answers with 200\.$/);
  expect(await page("good")).toContain("milepost/hello:v9");
});

test.each([
  [
    "crashes",
    "milepost/crash:v2",
    /^The new container ended: “task: non-zero exit \(1\)”\. In the output, where the former version writes too: “cannot read the configuration”/,
    "60",
  ],
  [
    "never becomes healthy",
    "milepost/unhealthy:v2",
    /^The new container ended: “task: non-zero exit \(143\)”/,
    "60",
  ],
  ["answers 500", "milepost/error:v2", /not healthy within 8 s\. .* answers 500/, "8"],
])(
  "an update whose new version %s fails with the reason, and the former version is back, variables too",
  async (what, image, why, healthTimeout) => {
    const name = `bad-${what.replaceAll(/\W+/g, "-")}`.slice(0, 20).replace(/-$/, "");
    const former = { name, image: "milepost/hello:v1", env: "A=x#y\nTOKEN='two\nlines'" };
    expect((await deploy(former)).run.error).toBeNull();
    const given = { name, image, env: "A=changed\nB=2", healthTimeout };
    const at = await deploy(given);
    expect(at.run).toMatchObject({
      state: "failed",
      undoneAt: expect.any(Number),
      error: { stepId: "verifying-health", message: expect.stringMatching(why) },
    });
    await expect.poll(() => page(name)).toContain("milepost/hello:v1");
    expect(sandbox.environmentOf(serviceOf(name))).toEqual(["A=x#y", "TOKEN=two\nlines"]);
    expect(at.steps.filter(({ state }) => state === "undone").map(({ id }) => id)).toEqual([
      "getting-environment",
      "configuring-application",
    ]);
  },
);

test("variables arrive in the container byte for byte, and single ones are changed, added and taken out", async () => {
  const name = "vars";
  await deploy({ name, image: "milepost/hello", env: "PASS=abc#def\nSP=  two  \nQ=it's\nOLD=1" });
  expect(sandbox.environmentOf(serviceOf(name))).toEqual(["PASS=abc#def", "SP=  two  ", "Q=it's", "OLD=1"]);
  await deploy({ name, image: "milepost/hello", env: "PASS=`x`", removedVariables: "OLD" });
  expect(sandbox.environmentOf(serviceOf(name)).toSorted()).toEqual(["PASS=`x`", "Q=it's", "SP=  two  "]);
});

test("an undo in the middle of a long pull waits for its end, and leaves no service behind", async () => {
  const before = sandbox.services().length;
  sandbox.faults.pullMs = 3_000;
  const id = await start({ name: "long", image: "milepost/hello" });
  await world.when(id, (at) => stepOf(at, "deploying").progress?.what === "Dokploy deploys");
  await world.engine.cancel(id, "Ada");
  await world.until(id, "cancelled");
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "undone", "failed", "cancelled");
  expect(run.undoneAt).not.toBeNull();
  sandbox.faults.pullMs = fast.pullMs;
  expect(sandbox.services()).toHaveLength(before);
});

test("a Dokploy that is started anew in the middle of a pull is waited for, and the deployment ordered again", async () => {
  sandbox.faults.pullMs = 20_000;
  const id = await start({ name: "restart", image: "milepost/hello" });
  await world.when(id, (at) => stepOf(at, "deploying").progress?.what === "Dokploy deploys");
  await sandbox.close();
  await world.when(id, (at) => stepOf(at, "deploying").state === "waiting");
  await expect
    .poll(async () =>
      (await world.store.logs(id, { after: null, limit: 100, stepId: "deploying" }))
        .map(({ text }) => text)
        .join(),
    )
    .toContain("Dokploy does not answer since");
  sandbox = await startDokploySandbox({ dataDir });
  Object.assign(sandbox.faults, fast);
  const { run } = await world.until(id, "completed", "failed", "undone");
  expect(run.error).toBeNull();
  expect(await page("restart")).toContain("milepost/hello");
});

test("a deployment that Dokploy dropped as the machine of both was started anew is ordered again", async () => {
  sandbox.faults.pullMs = 20_000;
  const id = await start({ name: "power", image: "milepost/hello" });
  await world.when(id, (at) => stepOf(at, "deploying").progress?.what === "Dokploy deploys");
  await world.engine.close();
  await sandbox.close();
  sandbox = await startDokploySandbox({ dataDir });
  Object.assign(sandbox.faults, fast);
  world = await openWorld([workflowStartedAt(1)], { store: world.store });
  const { run } = await world.until(id, "completed", "failed", "undone");
  expect(run.error).toBeNull();
  expect(await page("power")).toContain("milepost/hello");
});
