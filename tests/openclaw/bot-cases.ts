import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ForStep } from "#connectors/ssh/earlier-attempt.ts";
import type { Ssh } from "#connectors/ssh/pool.ts";
import type { Connection, Connections } from "#core/connection.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { traitsOf } from "#openclaw/traits.ts";
import { botLog } from "#workflows/bot-log/workflow.ts";
import { changeBot } from "#workflows/change-bot/workflow.ts";
import { createBot } from "#workflows/create-bot/workflow.ts";
import { deleteBot } from "#workflows/delete-bot/workflow.ts";
import { restartGateway } from "#workflows/restart-gateway/workflow.ts";
import { openWorld, type World } from "../engine/world.ts";
import { atWork, createCli, type Json, type OpenclawNode, patienceMs } from "./cli.ts";
import { lifeCases } from "./life-cases.ts";

/** A node that bots are created on. It must share the test's file system. */
export interface BotNode extends OpenclawNode {
  /** The machine for a step. */
  lend(of: ForStep | null): Ssh;
  /** How often the gateway is looked at, and how long it has to stay up. */
  pace: Pick<NodeDeps, "lookEveryMs" | "settleMs">;
  /** Good tokens, each another bot's; `badToken` must look like one. */
  tokens: { keeper: string; mybot: string };
  version: string;
  /** One that has credentials there, and what it says. */
  model: string;
  answer: string;
  /** Writes to a bot as this Telegram user and waits for what it answers; only where there is a Telegram. */
  writeTo?(username: string, id: number): Promise<string>;
}

const stepIds = [
  ...["ssh", "name", "home", "template", "register", "telegram", "auth", "config", "agent-config"],
  ...["restart", "startup", "dev", "tools", "links", "settle", "notify", "admit"],
];

/** What `create-bot` promises on OpenClaw. The cases follow each other; `node` has another person's bot, which must not notice. */
export const botCases = (name: string, start: () => Promise<BotNode>): void => {
  describe(`create-bot on ${name}`, { timeout: 20 * patienceMs }, () => {
    let node: BotNode;
    let world: World;
    let before: { config: Json; files: string[] };
    let created: string;
    const { json, openclaw, accountWith, added, account } = createCli(() => node);

    const values = (more: Record<string, string> = {}) => ({
      ...{ connection: "n1", name: "mybot", token: node.tokens.mybot },
      ...more,
    });
    const run = async (more: Record<string, string> = {}): Promise<RunWithSteps> => {
      const { runId } = await world.engine.start("create-bot", values(more), "Ada");
      return world.until(runId, "completed", "failed", "undone", "asking");
    };
    const states = ({ steps }: RunWithSteps) => steps.map(({ state }) => state);
    const failure = ({ run: { error } }: RunWithSteps) => error?.message ?? "";
    const now = () => ({ config: configOf(node), files: filesOf(node.stateDir) });
    const keeperIsWell = async () =>
      expect(await account("keeper")).toMatchObject({ connected: true, ...atWork(node.version) });

    beforeAll(async () => {
      node = await start();
      await json(...added("keeper"));
      await openclaw(...(await accountWith("keeper", node.tokens.keeper)));
      await json("agents", "bind", "--agent", "keeper", "--bind", "telegram:keeper");
      const deps: NodeDeps = {
        connections: onlyConnection,
        connect: async (_id, of) => ({
          ...{ ssh: node.lend(of), openclaw: node.command },
          ...{ restartLimitMs: 5 * patienceMs, commandLimitMs: 5 * patienceMs },
        }),
        ...node.pace,
      };
      const workflows = [createBot, changeBot, deleteBot, restartGateway, botLog].map((of) => of(deps));
      world = await openWorld(workflows, { overrides: { stopGraceMs: 5_000 } });
      before = now();
    }, 10 * patienceMs);
    afterAll(async () => {
      await world?.close();
      await node?.close();
    }, patienceMs);

    it("says what it would do, and does none of it", async () => {
      const plan = await world.engine.plan("create-bot", values({ chatId: "42" }));
      expect(plan.steps.map(({ id }) => id)).toEqual(stepIds);
      const text = JSON.stringify(plan);
      expect(text).toContain("agents add mybot --workspace");
      expect(text).not.toContain(node.tokens.mybot);
      expect(now()).toEqual(before);
    });

    it("creates a bot in sixteen steps that OpenClaw itself then knows", async () => {
      const done = await run({
        ...{ displayName: "My Bot", emoji: "🦞", purpose: "Be of use.", chatId: "42" },
        ...{ model: node.model, ownerId: "4242" },
      });
      created = done.run.id;
      expect(failure(done)).toBe("");
      expect(done.steps.map(({ id }) => id)).toEqual(stepIds);
      expect(states(done)).toEqual(
        stepIds.map((id) => (id === "auth" || id === "admit" ? "skipped" : "completed")),
      );
      // The proof that it answers: one turn by way of the gateway, and then its owner's own message.
      expect(done.run.outcome).toMatchObject({
        sentence: "My Bot is ready on node1, and answers.",
        links: [{ href: "https://t.me/mybot_bot" }],
        facts: expect.arrayContaining([{ label: "Asked for one word, it answered", value: node.answer }]),
      });
      expect(await (node.writeTo?.("mybot_bot", 4242) ?? node.answer)).toBe(node.answer);
      expect(await json("agents", "list")).toContainEqual(
        expect.objectContaining({ id: "mybot", identityName: "My Bot", identityEmoji: "🦞", bindings: 1 }),
      );
      const { entries, toolsInAgents } = traitsOf(node.version);
      expect(await account("mybot")).toMatchObject({ connected: true, ...atWork(node.version) });
      expect(configOf(node)).toMatchObject({
        agents: entries
          ? { entries: { mybot: { model: node.model } } }
          : { list: expect.arrayContaining([expect.objectContaining({ id: "mybot", model: node.model })]) },
      });
      const workspace = join(node.stateDir, "workspace-mybot");
      expect(readFileSync(join(workspace, "SOUL.md"), "utf8")).toContain("Be of use.");
      const tools = join(workspace, toolsInAgents ? "AGENTS.md" : "TOOLS.md");
      expect(readFileSync(tools, "utf8")).toMatch(/## Tools\n[^#]*workspace-mybot\/dev`/);
      await keeperIsWell();
    });

    it("keeps the token out of everything but its own file on the node", async () => {
      const events = await world.store.events(created, 0, 10_000);
      const { steps } = await world.run(created);
      expect(JSON.stringify([events, steps])).not.toContain(node.tokens.mybot.split(":")[1]);
      expect(readFileSync(join(node.stateDir, "secrets", "mybot.tok"), "utf8")).toBe(node.tokens.mybot);
    });

    it("stops at the second step for a name or token that is taken and a model that is unknown, and touches nothing", async () => {
      const there = now();
      const again = await run();
      expect(states(again).slice(0, 3)).toEqual(["completed", "failed", "pending"]);
      expect(failure(again)).toContain(
        "The name “mybot” is taken on node1: there is already an agent “mybot” and a Telegram account",
      );
      const twin = await run({ name: "twin" });
      expect(failure(twin)).toContain("The account “mybot” on node1 is this very Telegram bot already");
      expect(now()).toEqual(there);
      // Where it takes any, only the turn at the end would tell.
      if (!traitsOf(node.version).checksModels) return;
      const unknown = await run({ name: "odd", token: node.goodToken, model: "nobody/nothing-9" });
      expect(unknown.steps.find(({ state }) => state === "failed")?.id).toBe("name");
      expect(failure(unknown)).toContain("does not take the model “nobody/nothing-9”");
      expect(now()).toEqual(there);
    });

    it("stops at the start-up with Telegram's words when it refuses the token, and then removes all of it", async () => {
      const there = now();
      const refused = await run({ name: "badbot", token: node.badToken, ownerId: "4242" });
      expect(refused.steps.find(({ state }) => state === "failed")?.id).toBe("startup");
      expect(failure(refused)).toContain("Telegram does not accept this bot on node1.");
      expect(refused.run.error?.detail).toContain('Telegram bot token unauthorized for account "badbot"');
      await world.engine.undo(refused.run.id, "Ada");
      const undone = await world.until(refused.run.id, "undone", "failed");
      expect(failure(undone)).toBe(failure(refused));
      expect(undone.run.undoneAt).not.toBeNull();
      expect(now()).toEqual(there);
    });

    lifeCases({ node: () => node, world: () => world, cli: { json, account }, now: () => now() });

    it("undoes a bot so that the node is as it was before, and the other bot runs on", async () => {
      await world.engine.undo(created, "Ada");
      const undone = await world.until(created, "undone", "failed");
      expect(failure(undone)).toBe("");
      expect(undone.run.undoneAt).not.toBeNull();
      expect(now()).toEqual(before);
      expect(await account("mybot")).toBeUndefined();
      await keeperIsWell();
    });
  });
};

const connection: Connection = {
  ...{ id: "n1", kind: "ssh", name: "node1", values: {}, builtIn: false, createdAt: 0, lastTest: null },
};
const onlyConnection: Connections = {
  list: async (kind) => (kind === "ssh" ? [connection] : []),
  open: async () => ({ connection, values: {} }),
};

/** The configuration without OpenClaw's own notes about when it was written. */
const configOf = ({ stateDir }: BotNode): Json => {
  const { meta: _, ...config } = JSON.parse(readFileSync(join(stateDir, "openclaw.json"), "utf8")) as Json;
  // Each is for an account of its own, so that their order says nothing.
  const bindings = config.bindings as { agentId: string }[] | undefined;
  bindings?.sort((one, other) => one.agentId.localeCompare(other.agentId));
  // So is an agent's place in the list of old versions, behind the first, which is the default one.
  const { list } = config.agents as { list?: { id: string }[] };
  list?.splice(1, list.length, ...list.slice(1).sort((one, other) => one.id.localeCompare(other.id)));
  return config;
};

/** What makes up bots: files of agents, workspaces and tokens. OpenClaw's databases, caches and what it keeps of those that stay are its own. */
const filesOf = (stateDir: string): string[] =>
  readdirSync(stateDir, { recursive: true, encoding: "utf8" })
    .filter(
      (path) =>
        /^(agents|workspace|secrets|milepost-kept)/.test(path) &&
        !/sqlite|^agents\/(main|keeper)\//.test(path),
    )
    .sort();
