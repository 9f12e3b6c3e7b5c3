import { posix } from "node:path";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import { openclawLines } from "#workflows/create-bot/command-lines.ts";
import type { BotDeps, BotInput, NodeFacts } from "#workflows/create-bot/deps.ts";
import {
  gatewayUp,
  isStartedAfter,
  readyCommand,
  type Up,
  untilGiven,
} from "#workflows/create-bot/gateway.ts";
import { type Connected, type Node, onNode } from "#workflows/create-bot/node.ts";
import { gatewayStatus, restarted } from "#workflows/create-bot/openclaw-answers.ts";

export interface Restarted {
  /** Since the gateway's new start, when it was first seen. */
  uptimeMs: number;
}

const restart = ["gateway", "restart"];
/** When the configuration was last changed, and now, in seconds by the node's own clock. */
const ages = ({ stateDir }: NodeFacts) => [
  ...["sh", "-c", 'date -r "$1" +%s.%N; date +%s.%N', "sh"],
  posix.join(stateDir, "openclaw.json"),
];
const status = ["gateway", "status"];

/**
 * Restarts the gateway. That OpenClaw calls it done proves nothing: some versions say so and do nothing, and one hung for minutes and
 * left no gateway behind, another was called hung and came back. Only a gateway that was started after we saw the one before counts.
 */
export const restartGateway = (deps: BotDeps): DoOptions<BotInput, Connected, Restarted> => ({
  run: (ctx) => restartNow(deps, ctx),
  whenInterrupted: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { stdout } = await node.shell(ages(ctx.results.ssh));
      const [changedAt = Number.NaN, now = Number.NaN] = stdout.trim().split("\n").map(Number);
      const up = await gatewayUp(node, ctx.results.ssh, ctx.signal);
      if (up !== null && now - up.uptimeMs / 1000 > changedAt) {
        const checked = `The gateway has been up for ${up.uptimeMs} ms: it was started after the configuration last changed.`;
        return { happened: true, result: { uptimeMs: up.uptimeMs }, checked };
      }
      return {
        happened: false,
        checked: "The gateway was not seen to start after the configuration last changed.",
      };
    }),
  plan: async (ctx) => ({
    lines: [
      sends(readyCommand(ctx.results.ssh)),
      ...(await openclawLines(deps, ctx.input, [...restart, "--json"])),
      says("Then looks until the gateway has a start later than the one before."),
    ],
    result: { uptimeMs: 0 },
  }),
  detail: ({ uptimeMs }) => `Up again, ${(uptimeMs / 1000).toFixed(1)} s after its start`,
  timeoutMs: 10 * 60_000,
  stopWithinMs: 12_000,
  weightMs: 8_000,
});

const restartNow = (deps: BotDeps, ctx: DoContext<BotInput, Connected>): Promise<Restarted> =>
  onNode(deps, ctx, async (node) => {
    const facts = ctx.results.ssh;
    const before = await gatewayUp(node, facts, ctx.signal);
    const told = await node.openclaw
      .json(restart, restarted, { timeoutMs: deps.restartLimitMs })
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
    const limits = { everyMs: deps.lookEveryMs, limitMs: deps.restartLimitMs, signal: ctx.signal };
    const up = await untilGiven(isNew, limits);
    if (up === null) throw notBack(node.ssh.name, deps.restartLimitMs, told === null, seen);
    ctx.log(`The gateway answers, up for ${up.uptimeMs} ms.`);
    return { uptimeMs: up.uptimeMs };
  });

/** OpenClaw without a service manager restarts nothing and exits with 0; its process takes a signal instead (2026.3.13: SIGUSR1). */
const signalIt = async (node: Node, ctx: DoContext<BotInput, Connected>): Promise<void> => {
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
