import { expect, onTestFinished, test } from "vitest";
import type { Visit } from "#connectors/dokploy/visit.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { openWorld } from "../engine/world.ts";
import { contents, ownServer, stackWorkflow } from "./deploy-stack-world.ts";

/** Deploys a stack with what its steps are handed changed, and gives the run as it ended. */
const deploy = async (limits: Partial<StackDeps>, values: Record<string, string> = {}) => {
  const server = await ownServer();
  const world = await openWorld([stackWorkflow(server, undefined, limits)]);
  onTestFinished(() => world.close());
  const id = await world.start({ name: "demo", healthEvery: "0.02", healthTimeout: "0.02", ...values });
  const { run } = await world.until(id, "completed", "failed", "undone");
  return { run, server };
};

const noCertificate: Visit = {
  healthy: false,
  why: "tls",
  sentence: "The TLS certificate is not issued yet.",
};

test("a stack whose certificate is not issued yet is kept, and the run says what is missing", async () => {
  const { run, server } = await deploy({ visit: async () => noCertificate });
  expect(run).toMatchObject({ state: "completed", error: null });
  expect(run.outcome?.sentence).toMatch(/^“demo” is deployed, but a certificate is missing: https?:\/\/demo/);
  expect(server.applications).toHaveLength(1);
});

test.each([401, 403])("a page that answers %i is healthy only where that was chosen", async (status) => {
  const visit = async (): Promise<Visit> => ({ healthy: false, why: "status", sentence: "A login.", status });
  expect((await deploy({ visit })).run.error?.code).toBe("timed-out");
  const { run } = await deploy({ visit }, { loginIsHealthy: "on" });
  expect(run.outcome?.sentence).toContain(`answers with ${status}.`);
});

test.each([
  ["yes", "failed"],
  ["no", "completed"],
])(
  "a name that leads nowhere, with HTTPS %s, ends the run before anything is made or is only told: %s",
  async (https, state) => {
    const server = await ownServer();
    const values = {
      baseUrl: server.url,
      image: "milepost/hello:1",
      domainSuffix: "apps.example.org",
      port: "8080",
      https,
      publicPort: "",
      apiKey: server.apiKey,
    };
    const connection = {
      id: "dok",
      kind: "dokploy",
      name: "Dokploy",
      values,
      builtIn: false,
      createdAt: 0,
      lastTest: null,
    };
    const connections = { list: async () => [connection], open: async () => ({ connection, values }) };
    const visit = async (): Promise<Visit> => ({ healthy: true, status: 200 });
    const world = await openWorld([stackWorkflow(server, undefined, { connections, visit })]);
    onTestFinished(() => world.close());
    const id = await world.start({ name: "demo" });
    const { run } = await world.until(id, "completed", "failed", "undone");
    const lines = await world.store.logs(id, { after: null, limit: 100, stepId: "initializing" });
    const told = `${run.error?.message} ${lines.map(({ text }) => text).join(" ")}`;
    expect(told).toContain("demo.apps.example.org does not lead to the Dokploy server: “queryA ENOTFOUND");
    expect(run.state).toBe(state);
    expect(server.projects).toHaveLength(state === "failed" ? 0 : 1);
  },
);

test.each(["dokploy", "www"])("the reserved name “%s” is refused at its field", async (name) => {
  await expect(deploy({}, { name })).rejects.toMatchObject({ code: "bad-input", field: "name" });
});

test("an undo waits for a deployment as long as one may take, holding no place, then lets the application stay and names its service", async () => {
  const server = await ownServer();
  server.behaviour.deployMs = 600_000;
  const world = await openWorld([stackWorkflow(server, undefined, { settleMs: 40 })]);
  onTestFinished(() => world.close());
  const id = await world.start({ name: "demo" });
  await expect.poll(() => server.deployments[0]).toMatchObject({ status: "running" });
  await world.engine.cancel(id, "Ada");
  await world.until(id, "cancelled");
  const before = contents(server);
  await world.engine.undo(id, "Ada");
  await world.when(id, ({ steps }) => steps.some(({ waiting }) => waiting?.word === "the deployment's end"));
  const { run } = await world.until(id, "failed");
  const { appName } = server.applications[0] ?? {};
  expect(run.error?.message).toContain("Dokploy cannot stop it, so the application stays.");
  expect(run.error?.message).toContain(`on the server “docker service rm ${appName}” removes it`);
  expect(contents(server).applications).toEqual(before.applications);
  Object.assign(server.deployments[0] ?? {}, { status: "done" });
  await world.engine.undo(id, "Ada");
  await world.when(id, (at) => at.run.undoneAt !== null);
  expect(contents(server)).toMatchObject({ projects: [], applications: [] });
});

test("an application that somebody removes in Dokploy while it is deployed is told as removed, at once", async () => {
  const server = await ownServer();
  let ordered = false;
  server.arrived = (call) => {
    // As Dokploy removes: with its row go those of its deployments.
    if (ordered) for (const rows of [server.applications, server.deployments]) rows.length = 0;
    ordered ||= call === "application.deploy";
  };
  const world = await openWorld([stackWorkflow(server)]);
  onTestFinished(() => world.close());
  const id = await world.start({ name: "demo" });
  const { run } = await world.until(id, "failed", "undone");
  expect(run.error?.message).toMatch(
    /^The application was removed in Dokploy while it was being deployed\..* “docker service rm \S*demo\S*” removes it\.$/,
  );
});
