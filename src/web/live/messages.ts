import type { FeedEvent } from "#core/event.ts";
import type { Store } from "#core/store.ts";
import type { Numbered } from "./event-channels.ts";

/** An event as a message of a WebSocket, encoded once for all who get it. */
export interface Message extends Numbered {
  runId: string;
  text: Uint8Array;
}

/** The messages of a run after number `after` in order, at most `limit`. */
export type ReadMessages = (runId: string, after: number, limit: number) => Promise<Message[]>;

/** What each of these events of one run is as a message, in order; empty when the run is gone. */
export type TellEvents = (
  runId: string,
  events: readonly FeedEvent[],
) => readonly object[] | Promise<readonly object[]>;

export const createMessages =
  (store: Pick<Store, "events">, tell: TellEvents): ReadMessages =>
  async (runId, after, limit) => {
    const events = await store.events(runId, after, limit);
    const told = events.length === 0 ? [] : await tell(runId, events);
    return events.flatMap(({ n }, index) => {
      const message = told[index];
      return message === undefined ? [] : [{ n, runId, text: Buffer.from(JSON.stringify(message)) }];
    });
  };
