import type { Feed } from "#core/feed.ts";
import type { Store } from "#core/store.ts";

/** More runs than this are not kept in memory; their versions are read again when asked for. */
const most = 10_000;

/** The versions of the runs that changed lately, so that a poll of an unchanged run costs no query. */
export const createVersions = (store: Pick<Store, "version">, feed: Feed) => {
  const known = new Map<string, number>();
  const keep = (runId: string, version: number) => {
    if ((known.get(runId) ?? -1) >= version) return;
    known.delete(runId);
    known.set(runId, version);
    if (known.size > most) for (const oldest of known.keys()) return void known.delete(oldest);
  };
  const stopListening = feed.listen(({ run, deleted }) => {
    if (deleted === true) known.delete(run.id);
    else keep(run.id, run.version);
  });
  return {
    of: async (runId: string): Promise<number | null> => {
      const there = known.get(runId);
      if (there !== undefined) return there;
      const version = await store.version(runId);
      if (version !== null) keep(runId, version);
      return version;
    },
    close: stopListening,
  };
};
