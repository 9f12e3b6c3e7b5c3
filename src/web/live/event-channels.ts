import type { Log } from "#core/log.ts";
import type { Engine } from "#engine/engine.ts";
import { createInTurns } from "./in-turns.ts";

/** Events are read from the store in pages of this many. */
const eventsPerRead = 500;
/** Of a run, and as long as anybody follows it. */
const mostPages = 8;
/** So many who follow are sent a page of what they missed before others in this process get their turn. */
const pagesPerTurn = 100;

/** An event in the form in which a kind of follower takes it. */
export interface Numbered {
  /** The event's number in its run. */
  n: number;
}

/** One who follows the events of a run. */
export interface Follower<T extends Numbered> {
  /** Number of the last event that it was sent. */
  last: number;
  send(event: T): void;
  /** Resolves when it can take more without piling up. */
  drained(): Promise<void>;
  /** Sends it away, to come back and go on where it was. */
  end(): void;
  /** Fires when it is gone. */
  signal: AbortSignal;
}

/** The events of runs, each read and encoded once however many follow. */
export interface EventChannels<T extends Numbered> {
  /**
   * Sends all events after `follower.last`, then each new one: in order, none twice, none left out. Ends by the follower's signal.
   * Rejects when the events cannot be read.
   */
  follow(runId: string, follower: Follower<T>): Promise<void>;
}

export interface EventChannelDeps<T extends Numbered> {
  engine: Pick<Engine, "listen">;
  /** The events after number `after` in order, at most `limit`, ready to be sent. */
  read(runId: string, after: number, limit: number): Promise<readonly T[]>;
  log: Log;
}

interface Channel<T extends Numbered> {
  live: Set<Follower<T>>;
  /** Those who are still reading what they missed; true when something was told since their last look. */
  behind: Map<Follower<T>, boolean>;
  /** What was read since the run last told of something, by the number that it begins after: all who ask for it get the same. */
  pages: Map<number, Promise<readonly T[]>>;
  /** Number of the last event that went to the live ones. */
  cursor: number;
  pumping: boolean;
  again: boolean;
}

export const createEventChannels = <T extends Numbered>({
  engine,
  read,
  log,
}: EventChannelDeps<T>): EventChannels<T> => {
  const channels = new Map<string, Channel<T>>();
  const myTurn = createInTurns(pagesPerTurn);
  let stopListening = () => {};

  const hear = (runId: string) => {
    const channel = channels.get(runId);
    if (channel === undefined) return;
    channel.pages.clear();
    for (const follower of channel.behind.keys()) channel.behind.set(follower, true);
    if (channel.live.size > 0) void pump(runId, channel);
  };

  const open = (runId: string): Channel<T> => {
    const there = channels.get(runId);
    if (there !== undefined) return there;
    const channel: Channel<T> = {
      live: new Set(),
      behind: new Map(),
      pages: new Map(),
      cursor: 0,
      pumping: false,
      again: false,
    };
    if (channels.size === 0) stopListening = engine.listen(({ run }) => hear(run.id));
    channels.set(runId, channel);
    return channel;
  };

  const page = (runId: string, { pages }: Channel<T>, after: number): Promise<readonly T[]> => {
    const there = pages.get(after);
    if (there !== undefined) return there;
    const fresh = read(runId, after, eventsPerRead);
    pages.set(after, fresh);
    fresh.catch(() => pages.get(after) === fresh && pages.delete(after));
    const [oldest] = pages.keys();
    if (pages.size > mostPages && oldest !== undefined) pages.delete(oldest);
    return fresh;
  };

  const leave = (runId: string, channel: Channel<T>, follower: Follower<T>) => {
    channel.live.delete(follower);
    channel.behind.delete(follower);
    if (channel.live.size + channel.behind.size > 0 || channels.get(runId) !== channel) return;
    channels.delete(runId);
    if (channels.size === 0) stopListening();
  };

  const pump = async (runId: string, channel: Channel<T>): Promise<void> => {
    channel.again = true;
    if (channel.pumping) return;
    channel.pumping = true;
    try {
      while (channel.again && channel.live.size > 0) {
        channel.again = false;
        const events = await page(runId, channel, channel.cursor);
        for (const event of events) {
          channel.cursor = Math.max(channel.cursor, event.n);
          for (const follower of channel.live) give(follower, event);
        }
        if (events.length === eventsPerRead) channel.again = true;
      }
    } catch (error) {
      log.error({ err: error, runId }, "the events of a run could not be read; its followers are sent away");
      for (const follower of channel.live) follower.end();
    } finally {
      channel.pumping = false;
    }
  };

  return {
    follow: async (runId, follower) => {
      // Listening begins before the first look, so that no event falls between the two.
      const channel = open(runId);
      channel.behind.set(follower, false);
      follower.signal.addEventListener("abort", () => leave(runId, channel, follower), { once: true });
      try {
        while (!follower.signal.aborted) {
          channel.behind.set(follower, false);
          const events = await page(runId, channel, follower.last);
          if (events.length > 0) await myTurn();
          for (const event of events) {
            if (follower.signal.aborted) break;
            give(follower, event);
            await follower.drained();
          }
          // The live ones, also those who have left since, may have had an event by a read that began after ours and ended before it.
          const upToDate = channel.cursor <= follower.last;
          if (events.length === 0 && upToDate && channel.behind.get(follower) === false) break;
        }
      } catch (error) {
        leave(runId, channel, follower);
        throw error;
      }
      if (follower.signal.aborted) return leave(runId, channel, follower);
      channel.behind.delete(follower);
      if (channel.live.size === 0) channel.cursor = follower.last;
      channel.live.add(follower);
    },
  };
};

// A follower that is ahead of the channel has had the event already.
const give = <T extends Numbered>(follower: Follower<T>, event: T): void => {
  if (event.n <= follower.last) return;
  follower.last = event.n;
  follower.send(event);
};
