import type { Actor } from "#core/actor.ts";
import { type Cleaning, sumOf } from "#core/cleaning.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Retention } from "#core/retention.ts";
import type { Store } from "#core/store.ts";
import { type CleanDeps, clean } from "./clean.ts";

export interface CleanerDeps extends Omit<CleanDeps, "store"> {
  store: Pick<Store, "removal" | "cleanings" | "version" | "giveBack" | "space"> & {
    accounts: Pick<Store["accounts"], "audit">;
  };
  clock: Clock;
  retention(): Promise<Retention>;
}

/** One cleaning at a time, written down before it begins and told when it has ended. */
export const createCleaner = (deps: CleanerDeps) => {
  const { store, clock, log, retention } = deps;
  let closing = new AbortController();
  let atWork: Promise<void> | null = null;

  const carryOut = async (id: number, by: Actor): Promise<void> => {
    const { signal } = closing;
    const end = (problem: string | null) => store.cleanings.change(id, { endedAt: clock.now(), problem });
    try {
      await clean(deps, { id, by: by.name, retention: await retention(), now: clock.now(), signal });
      await end(null);
    } catch (error) {
      // It has no end then, so the next start goes on with it.
      if (signal.aborted) return;
      log.error({ err: error, cleaning: id }, "a cleaning ended early");
      await end(problemOf(error));
    }
    const done = (await store.cleanings.list(10)).find((one) => one.id === id);
    if (done === undefined) return;
    log.info({ cleaning: id, ...sumOf(done.removed), files: done.files }, `Cleaned up: ${takenWords(done)}`);
    await store.accounts.audit({ at: clock.now(), by, did: "cleaned up", target: takenWords(done) });
  };
  const take = (work: Promise<void>): void => {
    atWork = work
      .catch((error: unknown) => log.error({ err: error }, "a cleaning could not be written down"))
      .finally(() => {
        atWork = null;
      });
  };

  const begin = async (by: Actor): Promise<number> => {
    if ((await store.cleanings.underWay()) !== null) throw underWay();
    return store.cleanings.begin(clock.now(), by.name);
  };

  return {
    /** Resolves once it is written down. Throws AppError("not-allowed-now") while another one is under way, here or at another process. */
    start: async (by: Actor): Promise<void> => {
      if (atWork !== null) throw underWay();
      const begun = begin(by);
      // Whoever asked for it is told why it could not begin.
      take(
        begun.then(
          (id) => carryOut(id, by),
          () => undefined,
        ),
      );
      await begun;
    },
    /** Writes one down that another process does. Throws the same. */
    order: async (by: Actor): Promise<void> => void (await begin(by)),
    /** Does what is written down and has no end. Gives whether there is any. */
    goOn: async (by: Actor): Promise<boolean> => {
      if (atWork !== null) return true;
      const left = await store.cleanings.underWay();
      if (left === null) return false;
      if (atWork === null) take(carryOut(left.id, { ...by, name: left.by }));
      return true;
    },
    close: async (): Promise<void> => {
      closing.abort();
      await atWork;
      // Where several nodes take turns, this one may be asked again.
      closing = new AbortController();
    },
  };
};

const underWay = () =>
  new AppError(
    "not-allowed-now",
    "A cleaning is under way already. Wait until it has ended, then clean up again.",
  );

/** What is not for people stays in the log. */
const problemOf = (error: unknown): string =>
  error instanceof AppError ? error.message : "Something went wrong, and the server's log says what.";

/** "214 runs, 3 logs, 2 exports, 1 file that nothing referred to" */
const takenWords = ({ removed, files, problem }: Cleaning): string => {
  const { runs, logs, exports } = sumOf(removed);
  const parts: [number, string, string][] = [
    [runs, "run", "runs"],
    [logs, "log", "logs"],
    [exports, "export", "exports"],
    [files, "file that nothing referred to", "files that nothing referred to"],
  ];
  const words = parts.flatMap(([n, one, many]) =>
    n === 0 ? [] : [`${n.toLocaleString("en")} ${n === 1 ? one : many}`],
  );
  const taken = words.length === 0 ? "nothing had to go" : words.join(", ");
  return problem === null ? taken : `${taken}; it ended early: ${problem}`;
};
