import { AppError } from "#core/errors.ts";
import type { PlanLine } from "#core/plan-line.ts";
import { says, sends } from "#core/plan-line.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Look, UndoWaits } from "#core/workflow.ts";
import { gatewayStatus, restarted } from "./answers.ts";
import { openclawLines } from "./command-lines.ts";
import type { NodeDeps, NodeFacts, OnNode } from "./deps.ts";
import { gatewayUp, isStartedAfter, longestCommandMs, readyCommand, type Up } from "./gateway.ts";
import type { Node } from "./node.ts";

export interface Restarted {
  /** Since the gateway's new start, when it was first seen. */
  uptimeMs: number;
}

/** What is remembered from look to look: it is known what was there before anything is ordered. */
interface Memo {
  /** The gateway before; null when it did not answer. */
  before: Up | null;
  /** Null until the restart is ordered: how long had been waited by then. */
  orderedMs: number | null;
  /** The command that ordered it had to be ended. */
  ended: boolean;
  /** What it said of itself, unless that was “restarted”. */
  said?: string;
}

type Looking = Pick<WaitContext<unknown, unknown>, "memo" | "waitedMs" | "signal" | "log">;

const restart = ["gateway", "restart"];
const status = ["gateway", "status"];

/** A node's clock tells whole seconds: starts that are nearer to each other cannot be told apart by it. */
const tellableMs = 3_000;

/**
 * One look at a restart of the gateway, which the first ones order. That OpenClaw calls it done proves nothing: some versions say so and do
 * nothing, and one hung for minutes and left no gateway behind, another was called hung and came back. Only a gateway that was started after
 * we saw the one before counts. Throws AppError "remote-failed" or "timed-out" with what was last seen.
 */
export const lookAtRestart = async (
  node: Node,
  facts: NodeFacts,
  { memo, waitedMs, signal, log }: Looking,
): Promise<Extract<Look<Restarted>, { done: Restarted }> | UndoWaits> => {
  const known = memo as Memo | undefined;
  const seen = await gatewayUp(node, facts, signal);
  if (known === undefined) {
    const youngMs = seen === null || seen.uptimeMs === 0 ? tellableMs : seen.uptimeMs;
    if (youngMs < tellableMs)
      return { waiting: "the gateway, which was just started", nextInMs: tellableMs - youngMs };
    const first: Memo = { before: seen, orderedMs: null, ended: false };
    return { waiting: "restarting the gateway", memo: first, nextInMs: 0 };
  }
  const { before, orderedMs } = known;
  if (seen !== null && (before === null || isStartedAfter(seen, before))) {
    log(`The gateway answers, up for ${seen.uptimeMs} ms.`);
    return { done: { uptimeMs: seen.uptimeMs } };
  }
  if (orderedMs === null) {
    const ordered: Memo = { before, orderedMs: waitedMs, ...(await orderRestart(node, log)) };
    return { waiting: "the gateway to come back", memo: ordered, nextInMs: 0 };
  }
  if (waitedMs - orderedMs > node.restartLimitMs) throw notBack(node, known, seen);
  return { waiting: "the gateway to come back", memo: known };
};

/** What a step needs to wait for a restart, besides its look. */
export const restartWait = ({ lookEveryMs }: Pick<NodeDeps, "lookEveryMs">) =>
  ({
    setsGoing: true,
    everyMs: lookEveryMs,
    lookLimitMs: longestCommandMs,
    timeoutMs: 70 * 60_000,
    detail: ({ uptimeMs }: Restarted) => `Up again, ${(uptimeMs / 1000).toFixed(1)} s after its start`,
    stopWithinMs: 12_000,
    weightMs: 8_000,
  }) as const;

/** What OpenClaw calls a restart that it ordered and did not see the end of: on a slow node that is still to come. */
const underWay: readonly (string | null | undefined)[] = ["restart-health-failed", "still-starting"];

/** Orders it. When the command had to be ended, or gave up, the restart may be well under way all the same. */
const orderRestart = async (node: Node, log: Looking["log"]): Promise<Pick<Memo, "ended" | "said">> => {
  const told = await node.openclaw
    .json(restart, restarted, { timeoutMs: node.restartLimitMs })
    .catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== "timed-out") throw error;
      log(`${error.message} The restart may go on without it.`, "warn");
      return null;
    });
  if (told === null) return { ended: true };
  if (told.result === "not-loaded") await signalIt(node, log);
  else if (underWay.includes(told.result)) {
    log(`OpenClaw says “${told.result}”; the gateway is looked at further.`, "warn");
    return { ended: false, said: told.result ?? "" };
  } else if (!told.ok || told.result !== "restarted")
    throw new AppError(
      "remote-failed",
      `The gateway of ${node.ssh.name} was not restarted: OpenClaw says “${told.result ?? "failed"}”.`,
      { detail: JSON.stringify(told), canPass: false },
    );
  return { ended: false };
};

/** What a restart would do. */
export const restartLines = async (
  deps: Pick<NodeDeps, "connect">,
  input: OnNode,
  facts: NodeFacts,
): Promise<PlanLine[]> => [
  sends(readyCommand(facts)),
  ...(await openclawLines(deps, input, [...restart, "--json"])),
  says("Then looks until the gateway has a start later than the one before."),
];

/** OpenClaw without a service manager restarts nothing and exits with 0; its process takes a signal instead (2026.3.13: SIGUSR1). */
const signalIt = async (node: Node, log: Looking["log"]): Promise<void> => {
  const { port } = await node.openclaw.json(status, gatewayStatus);
  const pid = port.listeners[0]?.pid;
  if (pid === undefined) {
    throw new AppError(
      "remote-failed",
      `The gateway of ${node.ssh.name} is not running, and OpenClaw knows no service to start it with. Start it there, then try again.`,
      { canPass: false },
    );
  }
  log(`OpenClaw restarted nothing (“not-loaded”); signalling its process ${pid} instead.`);
  await node.mustShell(["kill", "-s", "USR1", String(pid)]);
};

const notBack = (
  { ssh: { name: node }, restartLimitMs }: Node,
  { ended: wasEnded, said }: Memo,
  seen: Up | null,
): AppError => {
  const seconds = Math.round(restartLimitMs / 1000);
  const ended = wasEnded
    ? `“openclaw gateway restart” did not end within ${seconds} s on ${node} and was stopped. `
    : said === undefined
      ? ""
      : `OpenClaw says “${said}”. `;
  const state =
    seen === null
      ? `The gateway of ${node} did not come back within ${seconds} s: it needs attention there.`
      : `The gateway of ${node} answers, but was not seen to restart within ${seconds} s.`;
  return new AppError(wasEnded ? "timed-out" : "remote-failed", `${ended}${state}`, { canPass: false });
};
