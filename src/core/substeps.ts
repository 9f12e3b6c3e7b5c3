import type { Substep } from "./step.ts";

/** Those that are new or in another state; null where that does not tell the list, because one is gone or stands elsewhere. */
export const changedSubsteps = (
  before: readonly Substep[],
  after: readonly Substep[],
): readonly Substep[] | null =>
  before.length > 0 && before.every(({ name }, place) => after[place]?.name === name)
    ? after.filter(({ state }, place) => before[place]?.state !== state)
    : null;

/** The list after these have changed: each in its place, new ones at the end. */
export const withChanged = (before: readonly Substep[], changed: readonly Substep[]): readonly Substep[] => {
  const latest = new Map(changed.map((one) => [one.name, one]));
  const known = new Set(before.map(({ name }) => name));
  return [
    ...before.map((one) => latest.get(one.name) ?? one),
    ...changed.filter(({ name }) => !known.has(name)),
  ];
};
