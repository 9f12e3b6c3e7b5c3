import { assertChain } from "#core/chain.ts";
import type { Clock } from "#core/clock.ts";
import { nextTime } from "#core/due.ts";
import { AppError } from "#core/errors.ts";
import { textOf, type Values } from "#core/form.ts";
import { assertMapping } from "#core/mapping.ts";
import { assertTimes } from "#core/times.ts";
import { isOf, longestTriggerName, type Trigger, type TriggerTable, type When } from "#core/trigger.ts";
import type { Engine } from "#engine/engine.ts";

const mostInARow = 100;

interface WishDeps {
  engine: Pick<Engine, "workflow">;
  triggers: Pick<TriggerTable, "list">;
  clock: Pick<Clock, "now">;
}

/** Throws AppError("bad-input", …, { field }) where it never comes, fills in what is not there, or would go on for ever. */
export const assertWhen = async (
  { engine, triggers, clock }: WishDeps,
  { workflowId, when }: Pick<Trigger, "workflowId" | "when">,
  id: string | null,
): Promise<void> => {
  const { names } = engine.workflow(workflowId).start;
  if (when.kind === "schedule") return assertTimes(when.times, when.zone, clock.now());
  assertMapping(when.mapping, names);
  if (when.kind === "hook") return;
  engine.workflow(when.workflowId);
  if (when.on.length === 0)
    throw new AppError("bad-input", "Choose after which end it starts: completed, failed, or both.", {
      field: "on",
    });
  const links = (await triggers.list()).flatMap((one) =>
    one.id !== id && isOf(one, "after") ? [{ from: one.when.workflowId, to: one.workflowId }] : [],
  );
  assertChain(links, { from: when.workflowId, to: workflowId });
};

/** Throws AppError("bad-input", …, { field: "when" }): a secret, and what its list says of it, are of the kind that it was made as. */
export const assertSameKind = (before: When, when: When): void => {
  const isSame = before.kind === "hook" && when.kind === "hook" ? before.proof === when.proof : true;
  if (before.kind === when.kind && isSame) return;
  throw new AppError(
    "bad-input",
    "What it is, and how calls prove themselves, cannot be changed. Make another one, and remove this one.",
    { field: "when" },
  );
};

/** As of now: what was due before starts nothing, and failures before do not count. */
export const fresh = (when: When, now: number): Pick<Trigger, "since" | "decided" | "nextAt" | "paused"> =>
  when.kind === "schedule"
    ? { since: now, decided: now, nextAt: nextTime(when, now), paused: null }
    : { since: now, decided: null, nextAt: null, paused: null };

/** The secrets among what was typed, sealed; null when there are none. */
export const sealedValues = (
  names: readonly string[],
  values: Values,
  seal: (text: string) => string,
): Record<string, string> | null => {
  const given = names.map((name) => [name, textOf(values, name)] as const).filter(([, text]) => text !== "");
  return given.length === 0 ? null : Object.fromEntries(given.map(([name, text]) => [name, seal(text)]));
};

/** Throws AppError("bad-input", …, { field: "name" }). */
export const checkedName = (given: string): string => {
  const name = given.trim().replace(/\s+/g, " ");
  if (name === "" || name.length > longestTriggerName || /\p{C}/u.test(name))
    throw new AppError("bad-input", `Give a name of 1 to ${longestTriggerName} visible characters.`, {
      field: "name",
    });
  return name;
};

/** Throws AppError("bad-input", …, { field: "pauseAfter" }). */
export const checkedPauseAfter = (given: number | null): number | null => {
  if (given === null || (Number.isInteger(given) && given >= 1 && given <= mostInARow)) return given;
  throw new AppError("bad-input", `Give a number of failures from 1 to ${mostInARow}, or none.`, {
    field: "pauseAfter",
  });
};
