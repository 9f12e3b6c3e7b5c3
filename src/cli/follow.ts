import { setTimeout as rest } from "node:timers/promises";
import { AppError } from "#core/errors.ts";
import type { FeedEvent } from "#core/event.ts";
import { isOver } from "#core/states.ts";
import type { Client } from "./client.ts";

/** A server that is started anew is back within this. */
const patienceMs = 5 * 60_000;
const mostRestMs = 10_000;

interface Following {
  /** The number of the last event that the caller has. */
  after: number;
  signal: AbortSignal;
  /** The connection is gone; it is tried again. */
  lost(error: AppError): void;
  found(): void;
}

/**
 * The events of a run after the nth, each once and in order, over as many connections as it takes (`Last-Event-ID`). Does not end by
 * itself: the caller stops when it has seen enough. Throws AppError("unreachable") when the server stays away for five minutes.
 */
export async function* follow(
  client: Pick<Client, "events">,
  runId: string,
  { after, signal, lost, found }: Following,
): AsyncGenerator<FeedEvent> {
  let last = after;
  let awaySince: number | null = null;
  let restMs = 250;
  for (;;) {
    try {
      for await (const event of client.events(runId, last, signal)) {
        if (awaySince !== null) found();
        awaySince = null;
        restMs = 250;
        // What was sent twice over a broken connection was shown already.
        if (event.n <= last) continue;
        last = event.n;
        yield event;
      }
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== "unreachable" && error.code !== "timed-out"))
        throw error;
      if (awaySince === null) lost(error);
      awaySince ??= performance.now();
      if (performance.now() - awaySince > patienceMs) throw error;
    }
    await rest(restMs, undefined, { signal });
    restMs = Math.min(2 * restMs, mostRestMs);
  }
}

/** Whether this event ends the run. */
export const endsRun = (event: FeedEvent): boolean => event.type === "run.state" && isOver(event.to);
