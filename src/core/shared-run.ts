import type { Values } from "./form.ts";
import type { RunPicture } from "./picture.ts";
import type { Run } from "./run.ts";
import { createMask } from "./secret-forms.ts";
import { seenBy } from "./seen-by.ts";

/** A shorter text stands by chance in what has nothing to do with it. */
const shortestMasked = 3;

/** What was typed to start a run, without what was typed into private fields, and what blots that out of all else. */
export interface Unprivate {
  values: Values;
  mask(text: string): string;
}

/** `names`: those of the private fields; null: they are not known, so all are. */
export const unprivate = (
  { values, privates }: Pick<Run, "values" | "privates">,
  names: readonly string[] | null,
): Unprivate => {
  const isPrivate = (name: string) => names === null || names.includes(name);
  const hidden = Object.entries(values).flatMap(([name, value]) => (isPrivate(name) ? [value].flat() : []));
  return {
    values: Object.fromEntries(Object.entries(values).filter(([name]) => !isPrivate(name))),
    mask: createMask([...hidden, ...(privates ?? [])].filter((text) => text.length >= shortestMasked)),
  };
};

/** Plain data with every text of it changed. */
export const withTexts = <T>(data: T, change: (text: string) => string): T => {
  const changed = (value: unknown): unknown => {
    if (typeof value === "string") return change(value);
    if (Array.isArray(value)) return value.map(changed);
    if (!(value instanceof Object)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, changed(one)]));
  };
  // Texts stay texts, so it has the shape that it had.
  return changed(data) as T;
};

const nothing = { control: false, undo: false, again: false, admin: false, answer: [] };

/** A run as it is shown to whom it is shared with: no controls, no questions, no raw results, nothing private, no links into Milepost. */
export const sharedRun = (picture: RunPicture, mask: Unprivate["mask"]): RunPicture => {
  const seen = seenBy(picture, nothing);
  const { outcome } = seen;
  return withTexts(
    {
      ...seen,
      of: null,
      outcome:
        outcome === null
          ? null
          : { ...outcome, links: (outcome.links ?? []).filter(({ href }) => /^https?:/i.test(href)) },
      steps: seen.steps.map((step) => ({ ...step, form: null, cameOut: null, items: null })),
    },
    mask,
  );
};
