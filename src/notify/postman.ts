import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import { mayBeTold } from "#core/notice.ts";
import { type Delivery, mayTryAgain } from "#core/notify.ts";
import { openRounds, type Rounds } from "#core/rounds.ts";
import { isOver } from "#core/states.ts";
import type { Engine } from "#engine/engine.ts";
import { type DeliverDeps, deliver } from "./deliver.ts";
import { createLives } from "./lives.ts";
import { recover } from "./recover.ts";
import { type SpreadDeps, spread } from "./spread.ts";

export interface PostmanDeps extends DeliverDeps, SpreadDeps {
  store: DeliverDeps["store"];
  /** How long a channel is left alone, asked once after each message; 0 where nothing went out. Milliseconds. */
  takeGap(channelId: string): number;
  offerMail(): Promise<void>;
  engine: Pick<Engine<Actor>, "picture" | "workflow" | "listen">;
  clock: Clock;
  log: Log;
}

/** What is on its way when it is stopped is given up: it is seen to at the next start. */
export type Postman = Rounds;

const longestSleepMs = 60_000;
const afterErrorMs = 10_000;
/** What changes fast is looked at together. */
const againAfterMs = 20;
/** So many channels are served at once, each by one message after the other. */
const mostAtOnce = 16;

/**
 * Sends what is due, for as long as it is not stopped. The store is the truth: what it says is on its way is never sent by a second one.
 * Nothing here is waited for by a run.
 */
export const openPostman = (deps: PostmanDeps): Postman => {
  const { engine, clock, log } = deps;
  const { notify } = deps.store;
  const closing = new AbortController();
  const lanes = new Map<string, Promise<void>>();
  let begun = false;
  const wakeUp = Promise.withResolvers<void>();

  /** Until then, or until all of it is stopped. */
  const rest = async (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(ms, resolve);
    await Promise.race([promise, wakeUp.promise]);
    cancel();
  };

  const inLane = (channelId: string, work: () => Promise<void>): void => {
    const lane = work()
      .then(() => deps.takeGap(channelId))
      .catch((error: unknown) => {
        if (closing.signal.aborted) return 0;
        log.error({ err: error, channelId }, "a message could not be seen to, and is tried again");
        return afterErrorMs;
      })
      .then((gapMs) => (gapMs > 0 ? rest(gapMs) : undefined))
      .finally(() => {
        lanes.delete(channelId);
        rounds.look();
      });
    lanes.set(channelId, lane);
  };

  const lives = createLives({
    clock,
    isFree: (channelId) => !lanes.has(channelId) && lanes.size < mostAtOnce,
    edit: (delivery) => inLane(delivery.channelId, () => see(delivery.id)),
  });

  const see = async (id: string): Promise<void> => {
    const delivery = await notify.delivery(id);
    if (delivery === null) return lives.forget(id);
    const after = await deliver(deps, delivery, closing.signal);
    if (after === null) return;
    if (after.kind === "live" && after.remote !== null && after.state === "sent") lives.follow(after);
    else lives.forget(id);
  };

  const begin = async () => {
    await recover(deps);
    for (const one of await notify.following(100)) lives.follow(one);
    lives.touchAll();
    begun = true;
  };

  const round = async (): Promise<number> => {
    if (!begun) await begin();
    if ((await notify.notices(1)).length > 0) await deps.offerMail();
    while (await spread(deps)) if (closing.signal.aborted) return longestSleepMs;
    const room = mostAtOnce - lanes.size;
    if (room <= 0) return longestSleepMs;
    const due = await notify.due(clock.now(), [...lanes.keys()], 100);
    for (const delivery of due) {
      if (lanes.size >= mostAtOnce || closing.signal.aborted) break;
      if (!lanes.has(delivery.channelId)) inLane(delivery.channelId, () => see(delivery.id));
    }
    const next = await notify.nextDue([...lanes.keys()]);
    return next === null ? longestSleepMs : next - clock.now();
  };

  const rounds = openRounds({
    clock,
    round,
    failed: (error) => log.error({ err: error }, "could not look for what people are to be told"),
    longestSleepMs,
    afterErrorMs,
    againAfterMs,
  });
  const stopListening = engine.listen(({ run, events, deleted }) => {
    if (deleted === true) return;
    if (events.length > 0) lives.touched(run.id);
    if (events.some(mayBeTold)) rounds.look();
    if (isOver(run.state)) lives.touched(run.id);
  });

  rounds.look();
  return {
    look: rounds.look,
    stop: async () => {
      closing.abort();
      wakeUp.resolve();
      stopListening();
      lives.stop();
      await rounds.stop();
      await Promise.all(lanes.values());
    },
  };
};

/** Has what failed sent once more, and what waits for its next try sent now. Throws AppError("not-allowed-now"). */
export const tryAgain = async (
  { store, clock }: Pick<PostmanDeps, "store" | "clock">,
  delivery: Pick<Delivery, "id" | "state" | "attempts">,
): Promise<void> => {
  const now = { state: "waiting", nextAt: clock.now() } as const;
  const patch = delivery.state === "failed" ? { ...now, attempts: 0, because: null } : now;
  if (mayTryAgain(delivery) && (await store.notify.changeDelivery(delivery.id, delivery.state, patch)))
    return;
  throw new AppError(
    "not-allowed-now",
    "Only what failed, or waits for its next try, can be sent again; this did not fail, or is on its way.",
  );
};
