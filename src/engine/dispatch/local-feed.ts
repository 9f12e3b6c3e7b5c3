import type { Recorded } from "#core/change.ts";
import type { Feed } from "#core/feed.ts";
import type { Log } from "#core/log.ts";

/** A feed within one process. A listener that throws is logged and does not keep the others from hearing. */
export const createLocalFeed = (log: Log): Feed => {
  const listeners = new Set<(recorded: Recorded) => void>();
  return {
    tell: (recorded) => {
      for (const hear of listeners) {
        try {
          hear(recorded);
        } catch (error) {
          log.error({ err: error, runId: recorded.run.id }, "a listener of the feed failed");
        }
      }
    },
    listen: (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
  };
};
