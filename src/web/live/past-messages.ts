import type { Store } from "#core/store.ts";
import type { Message, ReadMessages } from "./messages.ts";

const runsPerRead = 100;
const messagesPerRead = 500;

/** The messages of all runs since a time (milliseconds since 1970): run by run, in order within each. */
export async function* pastMessages(
  store: Pick<Store, "runs" | "events">,
  read: ReadMessages,
  since: number,
): AsyncGenerator<Message> {
  let after: string | null = null;
  do {
    const page = await store.runs({
      changedSince: since,
      limit: runsPerRead,
      ...(after === null ? {} : { after }),
    });
    for (const { run } of page.rows) yield* ofRun(read, run.id, await before(store, run, since));
    after = page.next;
  } while (after !== null);
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
