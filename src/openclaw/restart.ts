import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { DoContext } from "#core/step-context.ts";
import type { PlanLine } from "#core/workflow.ts";
import { gatewayStatus, restarted } from "./answers.ts";
import { openclawLines } from "./command-lines.ts";
import type { NodeDeps, NodeFacts, OnNode } from "./deps.ts";
import { gatewayUp, isStartedAfter, readyCommand, type Up, untilGiven } from "./gateway.ts";
import type { Node } from "./node.ts";

export interface Restarted {
  /** Since the gateway's new start, when it was first seen. */
  uptimeMs: number;
}

type Telling = Pick<DoContext<unknown, unknown>, "signal" | "log">;

const restart = ["gateway", "restart"];
const status = ["gateway", "status"];

/**
 * Restarts the gateway. That OpenClaw calls it done proves nothing: some versions say so and do nothing, and one hung for minutes and
 * left no gateway behind, another was called hung and came back. Only a gateway that was started after we saw the one before counts.
 * Throws AppError "remote-failed" or "timed-out" with what was last seen.
 */
export const restartGateway = async (
  { lookEveryMs }: Pick<NodeDeps, "lookEveryMs">,
  node: Node,
  facts: NodeFacts,
  ctx: Telling,
): Promise<Restarted> => {
  const before = await gatewayUp(node, facts, ctx.signal);
  const told = await node.openclaw
    .json(restart, restarted, { timeoutMs: node.restartLimitMs })
    .catch((error: unknown) => {
      // The command was ended; the restart may be well under way all the same, so the gateway is looked at until its own limit.
      if (!(error instanceof AppError) || error.code !== "timed-out") throw error;
      ctx.log(`${error.message} The restart may go on without it.`, "warn");
      return null;
    });
  if (told?.result === "not-loaded") await signalIt(node, ctx);
  else if (told !== null && (!told.ok || told.result !== "restarted")) {
    throw new AppError(
      "remote-failed",
      `The gateway of ${node.ssh.name} was not restarted: OpenClaw says “${told.result ?? "failed"}”.`,
      { detail: JSON.stringify(told), canPass: false },
    );
  }
  let seen: Up | null = null;
  const isNew = async (): Promise<Up | null> => {
    seen = await gatewayUp(node, facts, ctx.signal);
    return seen !== null && (before === null || isStartedAfter(seen, before)) ? seen : null;
  };
  const limits = { everyMs: lookEveryMs, limitMs: node.restartLimitMs, signal: ctx.signal };
  const up = await untilGiven(isNew, limits);
  if (up === null) throw notBack(node.ssh.name, node.restartLimitMs, told === null, seen);
  ctx.log(`The gateway answers, up for ${up.uptimeMs} ms.`);
  return { uptimeMs: up.uptimeMs };
};

/** What `restartGateway` would do. */
export const restartLines = async (
  deps: Pick<NodeDeps, "connect">,
  input: OnNode,
  facts: NodeFacts,
): Promise<PlanLine[]> => [
  sends(readyCommand(facts)),
  ...(await openclawLines(deps, input, [...restart, "--json"])),
  says("Then looks until the gateway has a start later than the one before."),
];

/** "Up again, 3.2 s after its start" */
export const restartDetail = ({ uptimeMs }: Restarted): string =>
  `Up again, ${(uptimeMs / 1000).toFixed(1)} s after its start`;

/** OpenClaw without a service manager restarts nothing and exits with 0; its process takes a signal instead (2026.3.13: SIGUSR1). */
const signalIt = async (node: Node, ctx: Telling): Promise<void> => {
  const { port } = await node.openclaw.json(status, gatewayStatus);
  const pid = port.listeners[0]?.pid;
  if (pid === undefined) {
    throw new AppError(
      "remote-failed",
      `The gateway of ${node.ssh.name} is not running, and OpenClaw knows no service to start it with. Start it there, then try again.`,
      { canPass: false },
    );
  }
  ctx.log(`OpenClaw restarted nothing (“not-loaded”); signalling its process ${pid} instead.`);
  await node.mustShell(["kill", "-s", "USR1", String(pid)]);
};

const notBack = (node: string, limitMs: number, wasEnded: boolean, seen: Up | null): AppError => {
  const seconds = Math.round(limitMs / 1000);
  const ended = wasEnded
    ? `“openclaw gateway restart” did not end within ${seconds} s on ${node} and was stopped. `
    : "";
  const state =
    seen === null
      ? `The gateway of ${node} did not come back within ${seconds} s: it needs attention there.`
      : `The gateway of ${node} answers, but was not seen to restart within ${seconds} s.`;
  return new AppError(wasEnded ? "timed-out" : "remote-failed", `${ended}${state}`, { canPass: false });
};
