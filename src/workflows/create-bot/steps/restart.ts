import { posix } from "node:path";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import { openclawLines } from "#workflows/create-bot/command-lines.ts";
import type { BotDeps, BotInput, NodeFacts } from "#workflows/create-bot/deps.ts";
import { gatewayUp, readyCommand, type Up, untilGiven } from "#workflows/create-bot/gateway.ts";
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
 * left no gateway behind. Only an uptime that began anew counts.
 */
export const restartGateway = (deps: BotDeps): DoOptions<BotInput, Connected, Restarted> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const facts = ctx.results.ssh;
      const before = await gatewayUp(node, facts, ctx.signal);
      const begun = performance.now();
      const told = await node.openclaw.json(restart, restarted, { timeoutMs: deps.restartLimitMs }).catch(
        // A restart that hangs has mostly taken the gateway down already: say how it is now.
        async (error: unknown) => {
          if (!(error instanceof AppError) || error.code !== "timed-out") throw error;
          throw await hung(node, ctx, deps.restartLimitMs, error);
        },
      );
      if (told.result === "not-loaded") await signalIt(node, ctx);
      else if (!told.ok || told.result !== "restarted") {
        throw new AppError(
          "remote-failed",
          `The gateway of ${node.ssh.name} was not restarted: OpenClaw says “${told.result ?? "failed"}”.`,
          { detail: JSON.stringify(told), canPass: false },
        );
      }
      const isNew = async (): Promise<Up | null> => {
        const now = await gatewayUp(node, facts, ctx.signal);
        const elapsed = performance.now() - begun;
        return now !== null && (before === null || now.uptimeMs < before.uptimeMs + elapsed * 0.5)
          ? now
          : null;
      };
      const limits = { everyMs: deps.lookEveryMs, limitMs: deps.restartLimitMs, signal: ctx.signal };
      const up = await untilGiven(isNew, limits);
      if (up === null) {
        throw new AppError(
          "remote-failed",
          `The gateway of ${node.ssh.name} did not come back within ${Math.round(deps.restartLimitMs / 1000)} s: it needs attention there.`,
          { canPass: false },
        );
      }
      ctx.log(`The gateway answers, up for ${up.uptimeMs} ms.`);
      return { uptimeMs: up.uptimeMs };
    }),
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
      says("Then looks until the gateway's uptime has begun anew."),
    ],
    result: { uptimeMs: 0 },
  }),
  detail: ({ uptimeMs }) => `Up again, ${(uptimeMs / 1000).toFixed(1)} s after its start`,
  timeoutMs: 10 * 60_000,
  stopWithinMs: 12_000,
  weightMs: 8_000,
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

const hung = async (
  node: Node,
  { results, signal }: DoContext<BotInput, Connected>,
  limitMs: number,
  cause: AppError,
): Promise<AppError> => {
  const up = signal.aborted ? null : await gatewayUp(node, results.ssh, signal);
  const state =
    up === null ? "does not answer now: it needs attention there" : "answers, but was not seen to restart";
  return new AppError(
    "timed-out",
    `“openclaw gateway restart” did not end within ${Math.round(limitMs / 1000)} s on ${node.ssh.name} and was stopped. The gateway ${state}.`,
    { cause, canPass: false, ...(cause.detail === undefined ? {} : { detail: cause.detail }) },
  );
};
