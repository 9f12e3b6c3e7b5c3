import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "#core/clock.ts";
import type { Log } from "#core/log.ts";
import type { Engine } from "#engine/engine.ts";
import { canTake, type SpreadDeps, toldOf } from "./spread.ts";
import { takes } from "./whom.ts";

interface SlowDeps extends SpreadDeps {
  engine: Pick<Engine, "picture" | "runs">;
  clock: Clock;
  log: Log;
  look(): void;
}

const everyMs = 60_000;
const mostRuns = 100;

/**
 * Looks every minute which runs take longer than usual or stand still: that comes of no event, so nothing else would tell. Of each step it is
 * told once. The function returned ends it.
 */
export const openSlowLooks = (deps: SlowDeps): (() => Promise<void>) => {
  const { engine, store, clock, log } = deps;
  const { notify } = store;
  let stopped = false;
  let cancel = () => {};
  let after: string | null = null;
  let working: Promise<void> = Promise.resolve();

  const work = async (): Promise<void> => {
    const channels = (await notify.channels()).filter(
      (one) => takes(one, "slow") && canTake(deps, one, "slow"),
    );
    if (channels.length === 0) return;
    const { rows, next } = await engine.runs({
      states: ["running", "waiting"],
      limit: mostRuns,
      ...(after === null ? {} : { after }),
    });
    // Where there are more, the next minute goes on with them.
    after = next;
    for (const { id } of rows) {
      if (stopped) return;
      // Between two of them people are answered.
      await nextTurn();
      const at = await store.run(id);
      const signs =
        at === null ? [] : (await engine.picture(id)).signs.filter(({ kind }) => kind !== "silent");
      const [sign] = signs;
      if (at === null || sign === undefined) continue;
      const { stepId } = sign;
      const told = await toldOf(deps, { kind: "slow", stepId, by: null }, at);
      const now = deps.now();
      const made = told.flatMap(({ person }) =>
        channels
          .filter(({ personId }) => personId === person.id)
          .map((channel) => ({
            id: deps.newId(),
            key: `${id} slow ${stepId ?? ""} ${channel.id}`,
            runId: id,
            n: 0,
            stepId,
            asked: null,
            personId: person.id,
            channelId: channel.id,
            kind: "slow" as const,
            nextAt: now,
            because: null,
            createdAt: now,
          })),
      );
      if (made.length > 0) await notify.spread([], made, []);
      deps.look();
    }
  };
  const plan = () => {
    if (!stopped) cancel = clock.after(everyMs, run);
  };
  const run = () => {
    working = work()
      .catch((error: unknown) => log.warn({ err: error }, "could not look which runs take longer than usual"))
      .then(plan);
  };
  plan();
  return async () => {
    stopped = true;
    cancel();
    await working;
  };
};
