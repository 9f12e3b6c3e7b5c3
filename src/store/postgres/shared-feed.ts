import { setImmediate as nextTurn } from "node:timers/promises";
import type { Recorded } from "#core/change.ts";
import type { Clock } from "#core/clock.ts";
import type { FeedEvent } from "#core/event.ts";
import type { Feed } from "#core/feed.ts";
import type { Log } from "#core/log.ts";
import type { Run } from "#core/run.ts";
import type { Store } from "#core/store.ts";
import type { Announcements, Words } from "./announcements.ts";

interface SharedFeedDeps {
  /** Whoever listens in this process. */
  local: Feed;
  store: Pick<Store, "asRecorded" | "underWaySince" | "overSince">;
  clock: Clock;
  log: Log;
  say: Announcements["say"];
  hears: Announcements["hears"];
  /** What is heard within so many milliseconds of a reading is read together by the next one: much that happens costs little more than one thing. */
  gatherMs: number;
  /** What is heard after a silence is read after so many milliseconds. */
  patienceMs: number;
}

export interface SharedFeed extends Feed {
  /** What another node said. */
  hear(words: Words): void;
  /** Asks the store for what changed since it was last heard that all is heard. */
  catchUp(): void;
  close(): Promise<void>;
}

/** Beyond this many runs, what was heard the longest ago is forgotten. */
const mostHeard = 10_000;
const mostPerRead = 100;
/** Of a run that is first heard of while it goes on, at most so many events from before that are told. */
const mostBefore = 500;
const afterErrorMs = 500;
/** The store is asked this often in any case; the second where nothing is heard. */
const askEveryMs = 10_000;
const deafEveryMs = 1_000;
/** What was committed may be dated earlier than this by those whose commits took long, and by clocks that differ a little. */
const marginMs = 15_000;

/** What is remembered of a run: all of its events up to that number were told here. */
type Heard = Pick<Run, "version" | "lastEvent"> & {
  /** Milliseconds since 1970. */
  at: number;
};

/**
 * A feed over several processes: what one commits is told in all of them, each run's events in order and once. The message between them says only
 * which run and from which event on; what happened is read from the store, and for what was lost on the way it is asked now and then.
 */
export const createSharedFeed = ({
  local,
  store,
  clock,
  log,
  say,
  hears,
  gatherMs,
  patienceMs,
}: SharedFeedDeps): SharedFeed => {
  const heard = new Map<string, Heard>();
  /** By run, the number of the event from which on it is to be read. */
  const asked = new Map<string, number>();
  /** Of a run that was not heard of, what is older than this may have been told, or was none of this process's business. */
  let toldUpTo = clock.now() - marginMs;
  let reading: Promise<void> | null = null;
  let catching = false;
  let upTo = clock.now();
  let closed = false;
  let cancelTimer = () => {};
  let cancelRest = () => {};

  const keep = (id: string, { version, lastEvent }: Omit<Heard, "at">): void => {
    heard.delete(id);
    heard.set(id, { version, lastEvent, at: clock.now() });
    if (heard.size <= mostHeard) return;
    for (const [oldest, { at }] of heard) {
      heard.delete(oldest);
      toldUpTo = Math.max(toldUpTo, at);
      return;
    }
  };
  const ask = (id: string, from: number): void => {
    asked.set(id, Math.min(from, asked.get(id) ?? from));
    reading ??= read();
  };
  /** The first event of a run that was not told here yet, as far as is known when it has come to `lastEvent`. */
  const unheard = (id: string, lastEvent: number): number =>
    (heard.get(id)?.lastEvent ?? Math.max(0, lastEvent - mostBefore)) + 1;
  const restFor = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      cancelRest = () => {
        cancel();
        resolve();
      };
    });
  const read = async (): Promise<void> => {
    await (patienceMs > 0 ? restFor(patienceMs) : nextTurn());
    while (asked.size > 0 && !closed) {
      const some = [...asked].slice(0, mostPerRead);
      for (const [id] of some) asked.delete(id);
      try {
        const wanted = some.map(([id, from]) => ({ id, from: (heard.get(id)?.lastEvent ?? from - 1) + 1 }));
        for (const one of await store.asRecorded(wanted)) tellRead(one);
        if (gatherMs > 0) await restFor(gatherMs);
      } catch (error) {
        log.warn({ err: error }, "what other nodes committed could not be read, and is read again");
        for (const [id, from] of some) ask(id, from);
        await restFor(afterErrorMs);
      }
    }
    reading = null;
  };
  /** What this process committed meanwhile was told already. */
  const tellRead = (recorded: Recorded): void => {
    const { run } = recorded;
    const before = heard.get(run.id);
    if (before !== undefined && before.version >= run.version) return;
    const lastEvent = recorded.events.at(-1)?.n ?? run.lastEvent;
    const isAll = lastEvent >= run.lastEvent;
    keep(run.id, { version: isAll ? run.version : 0, lastEvent });
    if (!isAll) ask(run.id, lastEvent + 1);
    const isNews = ({ n, at }: FeedEvent) => (before === undefined ? at >= toldUpTo : n > before.lastEvent);
    local.tell({ ...recorded, events: recorded.events.filter(isNews) });
  };

  const catchUp = async (): Promise<void> => {
    const began = clock.now();
    const since = upTo - marginMs;
    const changed = await store.underWaySince(since);
    for (let after = { id: "", changedAt: since }; ; ) {
      const page = await store.overSince(after, 1_000);
      changed.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < 1_000) break;
      after = last;
    }
    for (const { id, lastEvent } of changed) {
      const from = unheard(id, lastEvent);
      if (from <= lastEvent) ask(id, from);
    }
    upTo = began;
  };
  const tryToCatchUp = (): void => {
    if (catching || closed) return;
    catching = true;
    cancelTimer();
    catchUp()
      .catch((error: unknown) => log.warn({ err: error }, "other nodes' commits could not be looked for"))
      .finally(() => {
        catching = false;
        if (!closed) cancelTimer = clock.after(hears() ? askEveryMs : deafEveryMs, tryToCatchUp);
      });
  };
  tryToCatchUp();

  return {
    tell: (recorded) => {
      const { run, events, deleted } = recorded;
      if (deleted === true) {
        heard.delete(run.id);
        local.tell(recorded);
        return say({ gone: [withoutWhatWasGiven(run)] });
      }
      const first = events[0]?.n ?? run.lastEvent + 1;
      say({ runs: [[run.id, first]] });
      const from = unheard(run.id, first - 1);
      // Another node's commit came before this one and was not read yet: the events of both are told in their order.
      if (from < first) {
        ask(run.id, from);
        return local.tell({ ...recorded, events: [] });
      }
      if ((heard.get(run.id)?.version ?? -1) < run.version) keep(run.id, run);
      local.tell(recorded);
    },
    listen: (hear) => local.listen(hear),
    hear: ({ runs, gone }) => {
      for (const [id, from] of runs) ask(id, from);
      for (const run of gone) {
        heard.delete(run.id);
        asked.delete(run.id);
        local.tell({ run, steps: [], events: [], deleted: true });
      }
    },
    catchUp: tryToCatchUp,
    close: async () => {
      closed = true;
      cancelTimer();
      cancelRest();
      await reading;
    },
  };
};

/** What listeners know a deleted run by; the rest may be long, and is nobody's business any more. */
const withoutWhatWasGiven = (run: Run): Run => ({
  ...run,
  values: {},
  input: null,
  error: null,
  outcome: null,
  nextInput: null,
});
