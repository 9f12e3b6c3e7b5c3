import type { Clock } from "#core/clock.ts";
import { type Due, decideDue, isMissed, nextTime } from "#core/due.ts";
import { AppError, toAppError } from "#core/errors.ts";
import type { Store } from "#core/store.ts";
import { type Moved, type NewFiring, type Trigger, TriggerMoved, type WhenOf } from "#core/trigger.ts";
import { type BeginDeps, begin, mayPass } from "./begin.ts";
import { failuresInARow } from "./failures.ts";
import { pause } from "./pause.ts";

export interface SettleDeps extends BeginDeps {
  store: Pick<Store, "triggers" | "run">;
  clock: Pick<Clock, "now">;
}

/**
 * Decides all times of a schedule that have passed, each in a commit of its own with what comes of it, so that whoever is cut off leaves
 * the rest due. Throws TriggerMoved when somebody else has decided, or changed it, meanwhile.
 */
export const settle = async (deps: SettleDeps, trigger: Trigger<WhenOf<"schedule">>): Promise<void> => {
  const { triggers } = deps.store;
  const now = deps.clock.now();
  const { id, when, decided, nextAt, paused } = trigger;
  if (paused !== null || decided === null) return;
  // The clock was set back: what was decided of times to come is decided anew, and what became a run of them stays one run.
  if (decided > now) {
    const back = { decided: now, nextAt: nextTime(when, now) };
    if (!(await triggers.change(id, trigger.revision, back))) throw new TriggerMoved(id);
    return;
  }
  if (nextAt === null || nextAt > now) return;
  const failures = await failuresInARow(triggers, trigger);
  if (failures !== null) return pause(triggers, trigger, now, failures);
  let { revision } = trigger;
  for (const due of decideDue(when, decided, now)) {
    const move: Moved = { revision: revision++, decided: due.at, nextAt: nextTime(when, due.at) };
    await decide(deps, trigger, due, now, move);
  }
};

const decide = async (
  deps: SettleDeps,
  trigger: Trigger<WhenOf<"schedule">>,
  due: Due,
  now: number,
  move: Moved,
): Promise<void> => {
  const { triggers } = deps.store;
  const firing = (became: NewFiring["became"], because: string | null): NewFiring => ({
    triggerId: trigger.id,
    key: String(due.at),
    at: now,
    dueAt: due.at,
    became,
    because,
    afterRunId: null,
    body: null,
    asked: "",
  });
  const { revision, ...moved } = move;
  const record = async (...made: readonly NewFiring[]): Promise<void> => {
    if (!(await triggers.change(trigger.id, revision, moved, made))) throw new TriggerMoved(trigger.id);
  };
  if (due.becomes === "missed") return record(firing("missed", due.because));
  const inTheWay = await whatIsUnderWay(deps.store, trigger.id);
  // Whoever wants all that was missed wants them one after the other.
  const overlap = isMissed(due) && trigger.when.missed === "all" ? "queue" : trigger.when.overlap;
  if (inTheWay !== null && overlap === "skip")
    return record(firing("skipped", `${inTheWay} was still under way.`));
  if (inTheWay !== null) return record(firing("queued", null));
  try {
    const started = await begin(deps, trigger, { ...firing("run", null), move });
    if (started.again === true) await record();
  } catch (error) {
    if (error instanceof TriggerMoved || mayPass(error)) throw error;
    if (error instanceof AppError && error.code === "forbidden")
      return pause(triggers, trigger, now, error.message);
    await record(firing("refused", toAppError(error).message));
  }
};

/** "Run #12", or what waits to become one; null when nothing is. */
const whatIsUnderWay = async ({ triggers, run }: SettleDeps["store"], id: string): Promise<string | null> => {
  const [first] = await triggers.underWay(id);
  const found = first === undefined ? null : await run(first);
  if (found !== null) return `Run #${found.run.number}`;
  return (await triggers.queued(mostQueued)).some(({ triggerId }) => triggerId === id)
    ? "An earlier run"
    : null;
};

/** So many are looked at of what waits to become runs. */
export const mostQueued = 1_000;
