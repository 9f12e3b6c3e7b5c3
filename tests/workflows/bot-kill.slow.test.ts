import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunWithSteps } from "#core/run.ts";
import { changeBot } from "#workflows/change-bot/workflow.ts";
import { deleteBot } from "#workflows/delete-bot/workflow.ts";
import { restartGateway } from "#workflows/restart-gateway/workflow.ts";
import { filesIn, onlyNode1, usualLent } from "./bot-world.ts";
import { type MachineHere, openMachineHere } from "./machine-here.ts";
import { liveThroughDeaths } from "./through-deaths.ts";

/** Dozens of starts of a server. */
const timeout = 60_000;

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

const workflows = (through: <T extends object>(thing: T) => T) => {
  const deps = {
    connections: onlyNode1,
    connect: async () => ({ ...usualLent, ssh: through(machine.ssh) }),
    ...{ lookEveryMs: 50, settleMs: 50 },
  };
  return [changeBot(deps), deleteBot(deps), restartGateway(deps)];
};

type Wish = [string, Record<string, string>];

const liveThrough = async (wishes: readonly Wish[], undo: boolean) => {
  await machine.reset();
  const onNode = wishes.map(([workflow, values]): Wish => [workflow, { connection: "node1", ...values }]);
  return liveThroughDeaths({ workflows, wishes: onNode, undo });
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

const changes = bots.map(
  (name, index): Wish => [
    "change-bot",
    { name, displayName: `New ${name}`, model: "anthropic/claude-opus-4-6", token: tokenOf(index + 5) },
  ],
);
const deletions = bots.map((name): Wish => ["delete-bot", { name }]);

test("kill -9 of two changes of bots, at each call and step of both, leaves both changed", {
  timeout,
}, async () => {
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

test("kill -9 of two changes of bots, at each call and step of both and of their undos, leaves both as they were", {
  timeout,
}, async () => {
  await machine.reset();
  const before = now();
  const { runs, deaths } = await liveThrough(changes, true);
  expect(runs.map(({ run: { undoneAt } }) => undoneAt)).not.toContain(null);
  expect(now()).toEqual(before);
  expect(deaths).toBeGreaterThanOrEqual(2 * (8 + 3));
});

test("kill -9 of two deletions of bots, at each call and step of both, leaves neither, and what an undo needs", {
  timeout,
}, async () => {
  const { runs, deaths } = await liveThrough(deletions, false);
  expect(errorsOf(runs)).toEqual([null, null]);
  const { settings, files } = now();
  expect(Object.keys(settings.agents.entries)).toEqual(["main", "keeper"]);
  expect(Object.keys(settings.channels.telegram.accounts)).toEqual(["default"]);
  expect(Object.keys(files).filter((path) => path.endsWith("/agent.json"))).toHaveLength(2);
  expect(deaths).toBeGreaterThanOrEqual(2 * 5);
});

test("kill -9 of two deletions of bots, at each call and step of both and of their undos, brings both back as they were", {
  timeout,
}, async () => {
  await machine.reset();
  const before = now();
  const { runs, deaths } = await liveThrough(deletions, true);
  expect(runs.map(({ run: { undoneAt } }) => undoneAt)).not.toContain(null);
  expect(now()).toEqual(before);
  expect(deaths).toBeGreaterThanOrEqual(2 * (5 + 2));
});

test("kill -9 of a restart of the gateway, at each call and step, a change beside it, restarts it once", {
  timeout,
}, async () => {
  const { runs } = await liveThrough([["restart-gateway", {}], ...changes.slice(0, 1)], false);
  expect(errorsOf(runs)).toEqual([null, null]);
  expect(machine.calls.filter((call) => call.startsWith("gateway restart"))).toHaveLength(1);
});
