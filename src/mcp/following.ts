import type { ServerContext } from "@modelcontextprotocol/server";
import type { Caller } from "./call.ts";

/** Progress is told no more often than this. */
const everyMs = 1_000;

/**
 * Waits until a run ends or asks, for so long at most, and tells the client meanwhile how far it is if it wants to know. A client that goes
 * away ends the wait and nothing else.
 */
export const following = async (
  { engine }: Caller,
  runId: string,
  ms: number,
  ctx: ServerContext,
): Promise<void> => {
  const progressToken = ctx.mcpReq._meta?.progressToken;
  let told = Number.NEGATIVE_INFINITY;
  const stop =
    progressToken === undefined
      ? () => {}
      : engine.listen(({ run }) => {
          if (run.id !== runId || run.changedAt - told < everyMs) return;
          told = run.changedAt;
          void ctx.mcpReq
            .notify({
              method: "notifications/progress",
              params: { progressToken, progress: run.percentFloor, total: 100 },
            })
            .catch(() => {});
        });
  try {
    await engine.settled(runId, ms, ctx.mcpReq.signal);
  } finally {
    stop();
  }
};
