import type { Store } from "#core/store.ts";
import type { WebDeps } from "#web/deps.ts";
import { createEventChannels, type EventChannels, type Numbered } from "./event-channels.ts";
import { taskMessage } from "./task-message.ts";

/** An event as a message of the WebSocket, encoded once for all who get it. */
export interface Message extends Numbered {
  runId: string;
  /** Milliseconds since 1970. */
  at: number;
  text: Uint8Array;
}

export type TaskChannelDeps = Pick<WebDeps, "engine" | "store" | "log">;

/** The events of runs as messages, from the same source as the event streams. */
export const createTaskChannels = (deps: TaskChannelDeps): EventChannels<Message> =>
  createEventChannels({
    ...deps,
    read: (runId, after, limit) => readMessages(deps.store, runId, after, limit),
  });

/** The messages after number `after` in order, at most `limit`. */
export const readMessages = async (
  store: Pick<Store, "run" | "events">,
  runId: string,
  after: number,
  limit: number,
): Promise<Message[]> => {
  const events = await store.events(runId, after, limit);
  // Read after the events, so that it is never older than they are.
  const run = events.length === 0 ? null : await store.run(runId);
  if (run === null) return [];
  return events.map((event) => ({
    n: event.n,
    runId,
    at: event.at,
    text: Buffer.from(JSON.stringify(taskMessage(event, run))),
  }));
};
