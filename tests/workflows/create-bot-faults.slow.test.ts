import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSshPool, type SshPool } from "#connectors/ssh/pool.ts";
import type { SshTarget } from "#connectors/ssh/target.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { createBot } from "#workflows/create-bot/workflow.ts";
import { makeKey } from "../connectors/ssh/sshd.ts";
import { openWorld, type World } from "../engine/world.ts";
import { type BotMachine, startBotMachine } from "./bot-machine.ts";
import { botValues, onlyNode1 } from "./bot-world.ts";

const allSteps = [
  ...["ssh", "name", "home", "template", "register", "telegram", "auth", "config", "agent-config"],
  ...["restart", "startup", "dev", "tools", "links", "settle", "notify"],
];
/** Those that need the node at all: where credentials are shared, there is none to link. */
const reaching = allSteps.filter((id) => id !== "auth");
/** Those that change something on the node by a command: there a fault comes after the change and before anybody knows of it. */
const changing = ["home", "register", "telegram", "config", "agent-config", "restart", "dev", "notify"];
/** Those that only move files by SFTP. */
const moving = ["template", "tools"];
/** Those that wait for the gateway: what they see is looked at again. */
const waits = ["restart", "startup", "settle"];

/** Every change that making one bot takes, each exactly once, whatever happens on the way. */
const expectedEffects = [
  "mkdir -m 700 <state>/workspace-mybot",
  "openclaw agents add mybot --workspace <state>/workspace-mybot --non-interactive --json",
  "mkdir -m 700 <state>/secrets",
  "openclaw channels add --channel telegram --account mybot --token-file <state>/secrets/mybot.tok",
  "openclaw agents bind --agent mybot --bind telegram:mybot --json",
  "openclaw config patch --stdin",
  "openclaw agents set-identity --agent mybot --name My Bot --emoji 🦞 --json",
  "openclaw gateway restart --json",
  "mkdir -p -m 700 <state>/workspace-mybot/dev",
  "openclaw message send --channel telegram --account mybot -t 42 -m My Bot is ready on node1. --json",
];

let machine: BotMachine;
let pool: SshPool;
let world: World;
/** What `connect` hands out: a fault may change it. */
let target: SshTarget;
/** Short while a command is to hang. */
let limitMs: number;
/** Steps in which the fault has been. */
let met: Set<string>;
/** Called when a step begins for the first time. */
let strike: (stepId: string) => Promise<void>;

const open = async () => {
  const bots = createBot({
    connections: onlyNode1,
    connect: async (_id, of) => ({
      ...{ ssh: pool.lease("node1", target, of), openclaw: "openclaw" },
      ...{ restartLimitMs: limitMs, commandLimitMs: limitMs },
    }),
    ...{ lookEveryMs: 50, settleMs: 300 },
  });
  const steps = bots.steps.map((step) =>
    step.kind === "ask" || step.kind === "each" ? step : struckOnce(step),
  );
  return openWorld([{ ...bots, steps }], {
    overrides: { retry: { attempts: 1, firstMs: 0, factor: 1, maxMs: 0 }, stopGraceMs: 5_000 },
  });
};

const struckOnce = (step: Extract<StepDefinition, { kind: "do" | "wait" }>): StepDefinition => {
  const first = async () => {
    if (met.has(step.id) || !reaching.includes(step.id)) return;
    met.add(step.id);
    await strike(step.id);
  };
  return step.kind === "do"
    ? { ...step, run: (ctx) => first().then(() => step.run(ctx)) }
    : { ...step, look: (ctx) => first().then(() => step.look(ctx)) };
};

beforeEach(async () => {
  machine = await startBotMachine();
  pool = createSshPool();
  target = machine.target;
  limitMs = 60_000;
  met = new Set();
  world = await open();
});
afterEach(async () => {
  machine.letGo();
  await world.close();
  await pool.close();
  await machine.close();
});

interface Failure {
  stepId: string;
  message: string;
}

/** Makes one bot; at each failure `mend` puts things right, and the failed step is tried again by a person. */
const throughAll = async (
  mend: () => void | Promise<void>,
): Promise<{ end: RunWithSteps; failures: Failure[] }> => {
  const id = await world.start(botValues() as Record<string, string>);
  const failures: Failure[] = [];
  for (;;) {
    const at = await world.until(id, "completed", "failed");
    if (at.run.state === "completed") return { end: at, failures };
    failures.push({ stepId: at.run.error?.stepId ?? "", message: at.run.error?.message ?? "" });
    if (failures.length > 2 * allSteps.length) return { end: at, failures };
    await mend();
    const failed = failures.at(-1)?.stepId;
    // A message that may have gone out: whoever looks into the chat sees it there.
    if (failed === "notify" && machine.effects().some((line) => line.includes("message send")))
      await world.engine.skip(id, "notify", "Ada");
    else await world.engine.retry(id, "Ada");
  }
};

const effects = () => machine.effects().map((line) => line.replaceAll(machine.sandbox.stateDir, "<state>"));
const failedIn = (failures: readonly Failure[]) => failures.map(({ stepId }) => stepId);

describe("through OpenSSH's sshd a bot is made once and whole, each change to the node done once", () => {
  it("with nothing in the way", async () => {
    strike = async () => {};
    const { end, failures } = await throughAll(() => {});
    expect(failures).toEqual([]);
    expect(end.steps.filter(({ kind }) => kind !== "ask").map(({ id }) => id)).toEqual(allSteps);
    expect(effects()).toEqual(expectedEffects);
  });

  it.each([
    ["the connection is cut", () => machine.network.cut(), /broke while “.*” ran; whether it took effect/],
    [
      "sshd is killed",
      () => machine.killSshd(),
      /broke while “.*” ran|refuses connections|closed the connection/,
    ],
  ])("when %s in every step, right after its change where it makes one", async (_, hit, sentence) => {
    let struck: Promise<void> = Promise.resolve();
    strike = async (stepId) => {
      if (moving.includes(stepId)) return hit();
      machine.hang(changing.includes(stepId) ? "after" : "before");
      struck = machine.hanging().then(hit);
      // Nobody has to try again: it looks until the machine is back.
      if (waits.includes(stepId)) void mend();
    };
    const mend = async () => {
      await struck;
      machine.letGo();
      if (_ === "sshd is killed") await machine.startSshd();
    };
    const { failures } = await throughAll(mend);
    // Where nothing had begun, a cut connection is made anew without a word.
    const quiet = [...waits, ...(_ === "the connection is cut" ? moving : [])];
    expect(failedIn(failures)).toEqual(reaching.filter((id) => !quiet.includes(id)));
    for (const { message } of failures) expect(message).toMatch(sentence);
    expect(effects()).toEqual(expectedEffects);
  });

  it.each([
    [
      "the key is not taken any more",
      () => ({ auth: { privateKey: readFileSync(otherKey(), "utf8") } }),
      /does not accept the sign-in\. Tried: private key/,
    ],
    ["the host key has changed", () => ({ hostKey: readFileSync(`${otherKey()}.pub`, "utf8") }), /host key/],
  ])("when %s in every step", async (_, change, sentence) => {
    const wrong = change();
    strike = async () => {
      target = { ...machine.target, ...wrong };
    };
    const { failures } = await throughAll(() => {
      target = machine.target;
    });
    expect(failedIn(failures)).toEqual(reaching);
    for (const { message } of failures) expect(message).toMatch(sentence);
    expect(effects()).toEqual(expectedEffects);
  });

  it("when a command hangs in every step that runs one: it is ended there, and said so", async () => {
    strike = async (stepId) => {
      if (moving.includes(stepId)) return;
      limitMs = 1_000;
      machine.hang("before");
    };
    const { failures } = await throughAll(() => {
      limitMs = 60_000;
      machine.letGo();
    });
    expect(failedIn(failures)).toEqual(reaching.filter((id) => !moving.includes(id)));
    for (const { message } of failures) expect(message).toMatch(/did not end within 1 s/);
    expect(effects()).toEqual(expectedEffects);
  });

  it("when the gateway dies in every step: those that need it say so, the others are done without it", async () => {
    let dead = false;
    const revive = async () => {
      if (dead) await machine.startGateway();
      dead = false;
      limitMs = 60_000;
    };
    strike = async (stepId) => {
      await revive();
      await machine.killGateway();
      dead = true;
      if (["startup", "settle"].includes(stepId)) limitMs = 3_000;
    };
    const { end, failures } = await throughAll(revive);
    expect(end.run.state).toBe("completed");
    expect(failedIn(failures)).toEqual(["restart", "startup", "settle", "notify"]);
    for (const { message } of failures) expect(message).toMatch(/gateway/i);
    // The gateway that was started by hand has read everything, so it is not restarted once more.
    expect(effects()).toEqual(expectedEffects.filter((line) => !line.includes("gateway restart")));
  });
});

let keys: string | null = null;
const otherKey = (): string => {
  if (keys === null) {
    keys = mkdtempSync(join(tmpdir(), "milepost-key-"));
    makeKey(join(keys, "other"));
    process.once("exit", () => rmSync(keys ?? "", { recursive: true, force: true }));
  }
  return join(keys, "other");
};
