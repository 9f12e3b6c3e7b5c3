import { setImmediate as nextTurn } from "node:timers/promises";
import type { Recorded } from "#core/change.ts";
import type { Clock } from "#core/clock.ts";
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
const afterErrorMs = 500;
/** The store is asked this often in any case; the second where nothing is heard. */
const askEveryMs = 10_000;
const deafEveryMs = 1_000;
/** What was committed may be dated earlier than this by those whose commits took long, and by clocks that differ a little. */
const marginMs = 15_000;

/** What is remembered of a run: all of its events up to that number were told here. */
type Heard = Pick<Run, "version" | "lastEvent">;

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
  /** By run, the number of the event from which on it is to be read, and the time before which nothing is told. */
  const asked = new Map<string, { from: number; since: number }>();
  let reading: Promise<void> | null = null;
  let catching = false;
  let upTo = clock.now();
  let closed = false;
  let cancelTimer = () => {};
  let cancelRest = () => {};

  const keep = (id: string, { version, lastEvent }: Heard): void => {
    heard.delete(id);
    heard.set(id, { version, lastEvent });
    if (heard.size > mostHeard) for (const oldest of heard.keys()) return void heard.delete(oldest);
  };
  const ask = (id: string, from: number, since = 0): void => {
    const there = asked.get(id);
    asked.set(id, {
      from: Math.min(from, there?.from ?? from),
      since: Math.min(since, there?.since ?? since),
    });
    reading ??= read();
  };
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
        const wanted = some.map(([id, { from }]) => ({
          id,
          from: (heard.get(id)?.lastEvent ?? from - 1) + 1,
        }));
        const came = await store.asRecorded(wanted);
        for (const one of came) tellRead(one, some.find(([id]) => id === one.run.id)?.[1].since ?? 0);
        if (gatherMs > 0) await restFor(gatherMs);
      } catch (error) {
        log.warn({ err: error }, "what other nodes committed could not be read, and is read again");
        for (const [id, { from, since }] of some) ask(id, from, since);
        await restFor(afterErrorMs);
      }
    }
    reading = null;
  };
  /** What this process committed meanwhile was told already. */
  const tellRead = (recorded: Recorded, since: number): void => {
    const { run } = recorded;
    const before = heard.get(run.id);
    if (before !== undefined && before.version >= run.version) return;
    keep(run.id, run);
    const events = recorded.events.filter(({ n, at }) => n > (before?.lastEvent ?? 0) && at >= since);
    local.tell({ ...recorded, events });
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
      const known = heard.get(id);
      if (known === undefined) ask(id, 1, since);
      else if (known.lastEvent < lastEvent) ask(id, known.lastEvent + 1);
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
      const before = heard.get(run.id);
      say({ runs: [[run.id, first]] });
      // Another node's commit came before this one and was not read yet: the events of both are told in their order.
      if (before !== undefined && before.lastEvent + 1 < first) {
        ask(run.id, before.lastEvent + 1);
        return local.tell({ ...recorded, events: [] });
      }
      if (before === undefined || before.version < run.version) keep(run.id, run);
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
