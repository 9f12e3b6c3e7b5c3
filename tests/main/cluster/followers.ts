import { createParser } from "eventsource-parser";
import { token } from "../token.ts";
import type { Place } from "./nodes.ts";
import type { Seeded } from "./seeded.ts";

/** Somebody who follows a run's event stream and comes back whenever it ends, to any web node. */
export interface Follower {
  /** The numbers of all events that arrived, in that order. */
  numbers: readonly number[];
  /** At how many nodes it has been so far. */
  visits(): number;
  stop(): void;
}

/** Leaves a node by itself after a while, too. */
const mostMsAtOne = 15_000;

export const follow = (runId: string, webs: readonly Place[], seed: Seeded): Follower => {
  const numbers: number[] = [];
  let visits = 0;
  const gone = new AbortController();
  const visit = async (): Promise<void> => {
    const place = seed.oneOf(webs);
    if (!place.isUp()) return;
    const answer = await fetch(`${place.origin()}/api/runs/${runId}/events`, {
      headers: { Authorization: `Bearer ${token}`, "Last-Event-ID": String(numbers.at(-1) ?? 0) },
      signal: AbortSignal.any([gone.signal, AbortSignal.timeout(seed.whole(2_000, mostMsAtOne))]),
    });
    if (!answer.ok || answer.body === null) return;
    visits++;
    const parser = createParser({ onEvent: ({ id }) => void (id !== undefined && numbers.push(Number(id))) });
    for await (const text of answer.body.pipeThrough(new TextDecoderStream())) parser.feed(text);
  };
  const goOn = async (): Promise<void> => {
    while (!gone.signal.aborted) {
      // A node that is gone, frozen or left: another one is asked.
      await visit().catch(() => undefined);
      // Not at once: the stream of a run that is over ends as soon as it has told everything.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
  };
  void goOn();
  return { numbers, visits: () => visits, stop: () => gone.abort() };
};
