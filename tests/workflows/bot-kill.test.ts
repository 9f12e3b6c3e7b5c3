import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunWithSteps } from "#core/run.ts";
import type { Store } from "#core/store.ts";
import type { StepDefinition, Workflow } from "#core/workflow.ts";
import { changeBot } from "#workflows/change-bot/workflow.ts";
import { deleteBot } from "#workflows/delete-bot/workflow.ts";
import { restartGateway } from "#workflows/restart-gateway/workflow.ts";
import { memoryStore, openWorld, type World } from "../engine/world.ts";
import { filesIn, onlyNode1, usualLent } from "./bot-world.ts";
import { type MachineHere, openMachineHere } from "./machine-here.ts";
import { createMortal } from "./mortal-process.ts";

let machine: MachineHere;
const bots = ["alpha", "beta"] as const;
const tokenOf = (number: number) => `${number}23456789:abcdefghijklmnopqrstuvwxyz012345678`;

beforeAll(async () => {
  machine = await openMachineHere();
  const secrets = join(machine.stateDir, "secrets");
  mkdirSync(secrets, { mode: 0o700 });
  for (const [index, name] of bots.entries()) {
    const token = join(secrets, `${name}.tok`);
    writeFileSync(token, tokenOf(index + 1), { mode: 0o600 });
    const workspace = join(machine.stateDir, `workspace-${name}`);
    await machine.openclaw("agents", "add", name, "--workspace", workspace, "--non-interactive", "--json");
    await machine.openclaw(
      "channels",
      "add",
      "--channel",
      "telegram",
      "--account",
      name,
      "--token-file",
      token,
    );
    await machine.openclaw("agents", "bind", "--agent", name, "--bind", `telegram:${name}`, "--json");
  }
  // OpenClaw gives what nobody is bound to a new owner when a second agent comes, so there is always another one.
  const workspace = join(machine.stateDir, "workspace-keeper");
  await machine.openclaw("agents", "add", "keeper", "--workspace", workspace, "--non-interactive", "--json");
  machine.keep();
});
afterAll(() => machine.close());

/** The same workflow, told whenever one of its steps has done something that is not recorded yet: the moments when a death hurts. */
const watched = (workflow: Workflow, done: (moment: string) => Promise<unknown>): Workflow => ({
  ...workflow,
  steps: workflow.steps.map((step): StepDefinition => {
    if (step.kind !== "do" && step.kind !== "wait") return step;
    const after =
      <C extends { runId: string }, T>(what: string, work: (ctx: C) => Promise<T>) =>
      async (ctx: C): Promise<T> => {
        const result = await work(ctx);
        await done(`${ctx.runId} ${step.id} ${what}`);
        return result;
      };
    const { undo } = step;
    const undoing = undo === undefined ? {} : { undo: after("undo", undo as never) as typeof undo };
    if (step.kind === "do") return { ...step, ...undoing, run: after("run", step.run) };
    // The first look of one that sets something going notes what is there, the second orders it.
    const look: typeof step.look = (ctx) => after(`look ${Math.min(ctx.look, 3)}`, step.look)(ctx);
    return { ...step, ...undoing, look };
  }),
});

/** A server process on this store that dies the first time that something was done and not recorded. */
const startProcess = async (store: Store, deaths: Set<string>) => {
  const mortal = createMortal(store);
  const deps = {
    connections: onlyNode1,
    connect: async () => ({ ...usualLent, ssh: mortal.through(machine.ssh) }),
    ...{ lookEveryMs: 50, settleMs: 50 },
  };
  const done = async (moment: string) => {
    if (deaths.has(moment)) return;
    deaths.add(moment);
    await mortal.die();
  };
  const workflows = [changeBot(deps), deleteBot(deps), restartGateway(deps)];
  const world = await openWorld(
    workflows.map((each) => watched(each, done)),
    { store: mortal.store },
  );
  return { world, died: mortal.died };
};

/** Goes on to the end of a run; whoever is asked agrees, lets go on what was held, and undoes what is to be undone. */
const toItsEnd = async (world: World, id: string, undo: boolean): Promise<RunWithSteps> => {
  const at = await world.until(id, "asking", "paused", "completed", "failed", "undone");
  const asking = at.steps.find(({ state }) => state === "asking");
  // One that was under way at two deaths is held until somebody says that it may go on.
  if (asking?.kind === "do") await world.engine.answer(id, asking.id, { decision: "again" }, "Ada");
  else if (asking !== undefined) await world.engine.answer(id, asking.id, { press: "approve" }, "Ada");
  else if (at.run.state === "paused") await world.engine.resume(id, "Ada");
  else if (!undo || at.run.undoneAt !== null) return at;
  else await world.engine.undo(id, "Ada");
  return toItsEnd(world, id, undo);
};

/** Runs at once through a death at each of those moments of each of them, with a new start after it. */
const liveThrough = async (wishes: readonly [string, Record<string, string>][], undo: boolean) => {
  await machine.reset();
  const store = await memoryStore();
  const deaths = new Set<string>();
  let process = await startProcess(store, deaths);
  const started = process.world;
  const ids = await Promise.all(
    wishes.map(([workflow, values]) => started.start({ connection: "node1", ...values }, workflow)),
  );
  for (;;) {
    const { world, died } = process;
    const ended = Promise.all(ids.map((id) => toItsEnd(world, id, undo)));
    const runs = await Promise.race([ended, died.then(() => null)]);
    if (runs === null) {
      process = await startProcess(store, deaths);
      continue;
    }
    await world.close();
    return { runs, deaths: deaths.size };
  }
};

interface Binding {
  agentId: string;
  match: { accountId: string };
}

/** Files and configuration of bots, without what OpenClaw notes of its own. */
const now = () => {
  const { ".openclaw/openclaw.json": config = "{}", ...files } = filesIn(machine.home);
  const { meta: _, bindings = [], ...settings } = JSON.parse(config);
  const owners = (bindings as Binding[]).map(({ agentId, match }) => `${match.accountId} is ${agentId}'s`);
  return { settings, owners: owners.toSorted(), files };
};

const errorsOf = (runs: readonly RunWithSteps[]) => runs.map(({ run: { error } }) => error?.message ?? null);

const changes = bots.map((name, index): [string, Record<string, string>] => [
  "change-bot",
  { name, displayName: `New ${name}`, model: "anthropic/claude-opus-4-6", token: tokenOf(index + 5) },
]);
const deletions = bots.map((name): [string, Record<string, string>] => ["delete-bot", { name }]);

test("kill -9 of two changes of bots, in each step of both, leaves both changed", async () => {
  const { runs, deaths } = await liveThrough(changes, false);
  expect(errorsOf(runs)).toEqual([null, null]);
  const { agents, channels } = now().settings;
  for (const name of bots) {
    expect(agents.entries[name]).toMatchObject({
      ...{ identity: { name: `New ${name}` }, model: "anthropic/claude-opus-4-6" },
    });
    expect(channels.telegram.accounts[name].tokenFile).toMatch(/-\w{8}\.tok$/);
  }
  expect(deaths).toBeGreaterThanOrEqual(2 * 8);
});

test("kill -9 of two changes of bots, in each undo of both as well, leaves both as they were", async () => {
  await machine.reset();
  const before = now();
  const { runs, deaths } = await liveThrough(changes, true);
  expect(runs.map(({ run: { undoneAt } }) => undoneAt)).not.toContain(null);
  expect(now()).toEqual(before);
  expect(deaths).toBeGreaterThanOrEqual(2 * (8 + 3));
});

test("kill -9 of two deletions of bots, in each step of both, leaves neither, and what an undo needs", async () => {
  const { runs, deaths } = await liveThrough(deletions, false);
  expect(errorsOf(runs)).toEqual([null, null]);
  const { settings, files } = now();
  expect(Object.keys(settings.agents.entries)).toEqual(["main", "keeper"]);
  expect(Object.keys(settings.channels.telegram.accounts)).toEqual(["default"]);
  expect(Object.keys(files).filter((path) => path.endsWith("/agent.json"))).toHaveLength(2);
  expect(deaths).toBeGreaterThanOrEqual(2 * 5);
});

test("kill -9 of two deletions of bots, in each undo of both as well, brings both back as they were", async () => {
  await machine.reset();
  const before = now();
  const { runs, deaths } = await liveThrough(deletions, true);
  expect(runs.map(({ run: { undoneAt } }) => undoneAt)).not.toContain(null);
  expect(now()).toEqual(before);
  expect(deaths).toBeGreaterThanOrEqual(2 * (5 + 2));
});

test("kill -9 of a restart of the gateway, in each step, a change beside it, restarts it once", async () => {
  const { runs } = await liveThrough([["restart-gateway", {}], ...changes.slice(0, 1)], false);
  expect(errorsOf(runs)).toEqual([null, null]);
  expect(machine.calls.filter((call) => call.startsWith("gateway restart"))).toHaveLength(1);
});
