import { isHidden } from "#core/rights.ts";
import type { ChangedRun, Store } from "#core/store.ts";
import type { Message, ReadMessages } from "./messages.ts";

const runsPerRead = 100;
const messagesPerRead = 500;

/** The messages of all runs but those of hidden workflows since a time (milliseconds since 1970): run by run, in order within each. */
export async function* pastMessages(
  store: ChangedRuns & Pick<Store, "events">,
  read: ReadMessages,
  { since, hidden }: { since: number; hidden: readonly string[] },
): AsyncGenerator<Message> {
  /** The last that was given, by run. */
  const given = new Map<string, number>();
  for await (const run of changedRuns(store, since)) {
    if (isHidden(hidden, run.workflowId)) continue;
    const last = given.get(run.id) ?? (await before(store, run, since));
    for await (const message of ofRun(read, run.id, last)) {
      given.set(run.id, message.n);
      yield message;
    }
  }
}

type ChangedRuns = Pick<Store, "underWaySince" | "overSince">;

/** Every run that changed, some twice: those that ended while the others were read come again at the end, so that none is missed. */
async function* changedRuns(store: ChangedRuns, since: number): AsyncGenerator<ChangedRun> {
  const cursor = { from: { changedAt: since, id: "" } };
  yield* over(store, cursor);
  yield* await store.underWaySince(since);
  yield* over(store, cursor);
}

async function* over(
  store: ChangedRuns,
  cursor: { from: Pick<ChangedRun, "id" | "changedAt"> },
): AsyncGenerator<ChangedRun> {
  for (;;) {
    const page = await store.overSince(cursor.from, runsPerRead);
    cursor.from = page.at(-1) ?? cursor.from;
    yield* page;
    if (page.length < runsPerRead) return;
  }
}

async function* ofRun(read: ReadMessages, runId: string, last: number): AsyncGenerator<Message> {
  for (let n = last; ; ) {
    const messages = await read(runId, n, messagesPerRead);
    yield* messages;
    n = messages.at(-1)?.n ?? n;
    if (messages.length < messagesPerRead) return;
  }
}

/** The number of the last event before `since`, by halving: events are numbered without gaps in the order of their times. */
const before = async (
  store: Pick<Store, "events">,
  { id, lastEvent }: { id: string; lastEvent: number },
  since: number,
): Promise<number> => {
  let low = 0;
  let high = lastEvent;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [event] = await store.events(id, middle, 1);
    if (event !== undefined && event.at < since) low = middle + 1;
    else high = middle;
  }
  return low;
};
