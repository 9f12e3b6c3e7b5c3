import type { BotLook, BotLooks } from "#core/bots.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { NodeDeps } from "./deps.ts";

const nothing: BotLook = { since: null, seen: null, failed: null };
/** Five commands and a connection, each with a limit of its own. */
const limitMs = 10 * 60_000;

/** Keeps the newest look at each node in memory: after a restart there is none, and the page begins one. */
export const createBotLooks = (deps: NodeDeps, clock: Pick<Clock, "now">): BotLooks => {
  const looks = new Map<string, BotLook>();
  const of = (id: string): BotLook => looks.get(id) ?? nothing;
  const begin = async (connectionId: string): Promise<void> => {
    looks.set(connectionId, { ...of(connectionId), since: clock.now() });
    try {
      const at = { input: { connectionId }, signal: AbortSignal.timeout(limitMs) };
      // Loaded by the first who looks, not by each start of the server.
      const { seeBots } = await import("./see-bots.ts");
      const seen = await seeBots(deps, at);
      looks.set(connectionId, { since: null, seen: { ...seen, at: clock.now() }, failed: null });
    } catch (thrown) {
      const sentence =
        thrown instanceof AppError ? thrown.message : "What the server answered could not be understood.";
      const { seen } = of(connectionId);
      looks.set(connectionId, { since: null, seen, failed: { sentence, at: clock.now() } });
    }
  };
  return {
    of,
    look: (connectionId) => {
      if (of(connectionId).since === null) void begin(connectionId);
    },
  };
};
