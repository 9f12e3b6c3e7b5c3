import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ExecError } from "#connectors/ssh/exec-result.ts";
import type { Ssh } from "#connectors/ssh/pool.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { otherToken } from "./bot-world.ts";
import { type BotsHere, openBotsHere } from "./bots-here.ts";

let world: BotsHere;
/** Called before each step does its work. */
let before: (stepId: string) => Promise<void>;
/** Whether the connection breaks right after the next command that changes something. */
let breaks: boolean;

const changing =
  /^mkdir|^openclaw (agents (add|bind|set-identity)|channels add|config patch --stdin$|gateway restart|message send)/;

const breaking = (ssh: Ssh): Ssh => ({
  ...ssh,
  exec: async (command, options) => {
    const result = await ssh.exec(command, options);
    if (!breaks || !changing.test(command)) return result;
    breaks = false;
    throw new ExecError("unreachable", "The connection to node1 broke while a command ran.", result);
  },
});

beforeEach(async () => {
  before = async () => {};
  breaks = false;
  const told = (step: StepDefinition): StepDefinition =>
    step.kind === "do" ? { ...step, run: (ctx) => before(step.id).then(() => step.run(ctx)) } : step;
  world = await openBotsHere({
    through: breaking,
    as: (workflow) => ({ ...workflow, steps: workflow.steps.map(told) }),
  });
});
afterEach(() => world.close());

const openclaw = (...words: string[]) => world.machine.openclaw(...words);
const files = () => world.files();

/** Another person's bot and token: what comes with a node's second agent by itself is then there already. */
const addKeeper = async () => {
  const { stateDir } = world.machine;
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
        breaks = true;
      };
      const id = await world.make();
      const { run: at } = await world.until(id, "failed", "completed");
      expect(at.error?.stepId).toBe(broken);
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
    const id = await world.make();
    const { run: at } = await world.until(id, "failed", "completed");
    expect(at.error?.stepId).toBe("telegram");
    expect(`${at.error?.message} ${at.error?.detail}`).toContain("keeper");
    await undone(id);
    const { stdout } = await openclaw("agents", "bindings", "--json");
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ agentId: "keeper", match: { channel: "telegram", accountId: "mybot" } }),
    );
    expect(readdirSync(join(world.machine.stateDir, "secrets"))).toEqual(["keeper.tok"]);
  });
});
