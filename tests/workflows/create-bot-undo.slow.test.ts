import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSshPool, type SshPool } from "#connectors/ssh/pool.ts";
import { createBot } from "#workflows/create-bot/workflow.ts";
import { openWorld, type World } from "../engine/world.ts";
import { type BotMachine, startBotMachine } from "./bot-machine.ts";
import { botValues, filesIn, onlyNode1, otherToken, usualLent } from "./bot-world.ts";

const run = promisify(execFile);

let machine: BotMachine;
let pool: SshPool;
let world: World;
/** Called before each step does its work. */
let before: (stepId: string) => Promise<void>;

beforeEach(async () => {
  machine = await startBotMachine();
  pool = createSshPool();
  before = async () => {};
  const bots = createBot({
    connections: onlyNode1,
    connect: async (_id, of) => ({ ssh: pool.lease("node1", machine.target, of), ...usualLent }),
    ...{ lookEveryMs: 50, settleMs: 300 },
  });
  const steps = bots.steps.map((step) =>
    step.kind !== "do"
      ? step
      : {
          ...step,
          run: async (ctx: Parameters<typeof step.run>[0]) => {
            await before(step.id);
            return step.run(ctx);
          },
        },
  );
  world = await openWorld([{ ...bots, steps }], {
    overrides: { retry: { attempts: 1, firstMs: 0, factor: 1, maxMs: 0 }, stopGraceMs: 5_000 },
  });
});
afterEach(async () => {
  machine.letGo();
  await world.close();
  await pool.close();
  await machine.close();
});

const openclaw = (...words: string[]) =>
  run(join(machine.sandbox.home, "..", "bin", "openclaw"), words, {
    env: { HOME: machine.sandbox.home, PATH: process.env.PATH },
  });
const files = () => filesIn(machine.sandbox.home);

/** Another person's bot and token: what comes with a node's second agent by itself is then there already. */
const addKeeper = async () => {
  const { stateDir } = machine.sandbox;
  mkdirSync(join(stateDir, "secrets"), { mode: 0o700 });
  const tokenFile = join(stateDir, "secrets", "keeper.tok");
  writeFileSync(tokenFile, otherToken, { mode: 0o600 });
  await openclaw(
    ...["agents", "add", "keeper", "--workspace", join(stateDir, "keeper")],
    "--non-interactive",
  );
  await openclaw(
    ...["channels", "add", "--channel", "telegram"],
    "--account",
    "keeper",
    "--token-file",
    tokenFile,
  );
  await openclaw("agents", "bind", "--agent", "keeper", "--bind", "telegram:keeper");
};

const undone = async (id: string) => {
  await world.engine.undo(id, "Ada");
  // How the run had ended stays told; that all is removed is another fact.
  const { run: at } = await world.until(id, "undone", "failed", "cancelled");
  expect(at.undoneAt).not.toBeNull();
};

describe("undoing a bot that was not finished", () => {
  it.each(["home", "register", "telegram", "config", "agent-config", "dev", "notify"])(
    "whose connection broke right after the change in “%s” leaves the node as it was, file by file",
    async (broken) => {
      await addKeeper();
      const were = files();
      before = async (stepId) => {
        if (stepId !== broken) return;
        machine.hang("after");
        void machine.hanging().then(() => machine.network.cut());
      };
      const id = await world.start(botValues() as Record<string, string>);
      const { run: at } = await world.until(id, "failed", "completed");
      expect(at.error?.stepId).toBe(broken);
      machine.letGo();
      expect(files()).not.toEqual(were);
      await undone(id);
      expect(files()).toEqual(were);
    },
  );

  it("whose account somebody else has bound meanwhile says so, and leaves the other binding alone", async () => {
    await addKeeper();
    before = async (stepId) => {
      if (stepId === "telegram")
        await openclaw("agents", "bind", "--agent", "keeper", "--bind", "telegram:mybot");
    };
    const id = await world.start(botValues() as Record<string, string>);
    const { run: at } = await world.until(id, "failed", "completed");
    expect(at.error?.stepId).toBe("telegram");
    expect(`${at.error?.message} ${at.error?.detail}`).toContain("keeper");
    await undone(id);
    const { stdout } = await openclaw("agents", "bindings", "--json");
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ agentId: "keeper", match: { channel: "telegram", accountId: "mybot" } }),
    );
    expect(readdirSync(join(machine.sandbox.stateDir, "secrets"))).toEqual(["keeper.tok"]);
  });
});
