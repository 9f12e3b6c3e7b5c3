import type { Recorded } from "#core/change.ts";
import type { Log } from "#core/log.ts";
import { isOver } from "#core/states.ts";
import type { Engine } from "#engine/engine.ts";
import type { EventChannels } from "./event-channels.ts";
import type { Message } from "./messages.ts";

/** Positions of more runs than this are not kept. */
const mostPositions = 10_000;

/** The messages of all runs as they happen, in order within each run. */
export interface AllRuns {
  /** The function returned ends it. */
  listen(listener: Listener): () => void;
}

export interface Listener {
  hear(message: Message, workflowId: string): void;
  /** Called when messages were lost, so that it comes back for them. */
  lost(): void;
}

interface Followed {
  leave(): void;
  /** Number of the newest event that was told of. */
  told: number;
  over: boolean;
}

/** Follows each run from the moment at which it is heard of until it is over, as long as anybody listens. */
export const createAllRuns = (
  { engine, log }: { engine: Pick<Engine, "listen">; log: Log },
  channels: EventChannels<Message>,
): AllRuns => {
  const listeners = new Set<Listener>();
  const followed = new Map<string, Followed>();
  /** What was passed on already, by run: a run that is left may be heard of late. */
  const passed = new Map<string, number>();
  let stopListening = () => {};

  const pass = (message: Message, workflowId: string) => {
    passed.delete(message.runId);
    passed.set(message.runId, message.n);
    if (passed.size > mostPositions) for (const oldest of passed.keys()) return void passed.delete(oldest);
    for (const listener of listeners) listener.hear(message, workflowId);
  };

  const hear = ({ run, events }: Recorded) => {
    const first = events[0];
    // Of items the run tells that they are of; who wants to know more follows them one by one.
    if (first === undefined || run.family !== null) return;
    const there = followed.get(run.id);
    if (there !== undefined) {
      there.told = run.lastEvent;
      there.over = isOver(run.state);
      if (there.over && (passed.get(run.id) ?? 0) >= there.told) there.leave();
      return;
    }
    const gone = new AbortController();
    const it: Followed = {
      told: run.lastEvent,
      over: isOver(run.state),
      leave: () => {
        followed.delete(run.id);
        gone.abort();
      },
    };
    followed.set(run.id, it);
    const follower = {
      last: Math.max(first.n - 1, passed.get(run.id) ?? 0),
      send: (message: Message) => {
        pass(message, run.workflowId);
        if (it.over && message.n >= it.told) it.leave();
      },
      drained: async () => {},
      end: () => lose(it),
      signal: gone.signal,
    };
    channels.follow(run.id, follower).catch((error: unknown) => {
      log.error(
        { err: error, runId: run.id },
        "the events of a run could not be read for those who follow all",
      );
      lose(it);
    });
  };

  const lose = (it: Followed) => {
    it.leave();
    for (const listener of listeners) listener.lost();
  };

  return {
    listen: (listener) => {
      if (listeners.size === 0) stopListening = engine.listen(hear);
      listeners.add(listener);
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        stopListening();
        for (const { leave } of followed.values()) leave();
        passed.clear();
      };
    },
  };
};
