import { raw } from "hono/html";
import type { FeedEvent, LogLine } from "#core/event.ts";
import type { RunPicture } from "#core/picture.ts";
import { type RunView, runParts, stepParts } from "#views/run/parts.tsx";
import { stepPartId } from "#views/run/step-item.tsx";
import { type Added, type RunSwapsProps, StepList, type Swap } from "#views/run/swaps.tsx";

/** A run drawn part by part, and since which drawing each part looks as it does. */
export interface Drawing {
  picture: RunPicture;
  /** Differs for drawings that do not follow each other, so that what one series counts says nothing of another. */
  series: string;
  /** Counts within its series, from 1. */
  n: number;
  parts: ReadonlyMap<string, Drawn>;
  steps: ReadonlyMap<string, Drawn>;
  /** The drawing with which other steps, or in another order, came into the list. */
  stepsSince: number;
}

interface Drawn {
  html: string;
  since: number;
}

/** Draws a run after the drawing `before`, so that it is known what has changed. */
export const draw = (view: RunView, before: Drawing | null, newSeries: () => string): Drawing => {
  const n = (before?.n ?? 0) + 1;
  const after = (there: ReadonlyMap<string, Drawn> | undefined, id: string, html: string): Drawn => {
    const same = there?.get(id);
    return same?.html === html ? same : { html, since: n };
  };
  const parts = Object.entries(runParts(view)).map(
    ([id, part]) => [id, after(before?.parts, id, String(part))] as const,
  );
  const steps = stepParts(view).map(
    ({ id, view: step }) => [id, after(before?.steps, id, String(step))] as const,
  );
  const sameSteps = before !== null && ids(before.steps.keys()) === ids(steps.map(([id]) => id));
  return {
    picture: view.picture,
    series: before?.series ?? newSeries(),
    n,
    parts: new Map(parts),
    steps: new Map(steps),
    stepsSince: sameSteps ? before.stepsSince : n,
  };
};

const ids = (all: Iterable<string>): string => JSON.stringify([...all]);

/** What somebody shows who has this drawing: told by their page, and read again with `readSeen`. */
export const seenOf = ({ series, n, picture }: Drawing): string =>
  [series, n, picture.log.at(-1)?.n ?? 0, picture.history.at(-1)?.n ?? 0].join(".");

/** What a page says that it has seen; a page that says nothing that can be read has seen nothing. */
export interface Seen {
  series: string;
  n: number;
  /** Number of the last line of the log, and of the last event of the history; null: the list is not known. */
  log: number | null;
  history: number | null;
}

export const readSeen = (told: string | undefined): Seen => {
  const [, series, n, log, history] = /^([\w-]+)\.(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(told ?? "") ?? [];
  return series === undefined
    ? { series: "", n: 0, log: null, history: null }
    : { series, n: Number(n), log: Number(log), history: Number(history) };
};

/** What a page lacks of a drawing: the parts that were drawn anew since, and what came to the lists. */
export const lacking = (drawing: Drawing, seen: Seen): RunSwapsProps => {
  const { picture } = drawing;
  const known = seen.series === drawing.series && seen.n <= drawing.n ? seen.n : 0;
  const fresh = (parts: ReadonlyMap<string, Drawn>): Swap[] =>
    [...parts].flatMap(([id, { html, since }]) => (since > known ? [{ id, html, how: "outerMorph" }] : []));
  return {
    picture,
    seen: seenOf(drawing),
    swaps: [
      ...fresh(drawing.parts),
      ...(drawing.stepsSince > known ? [wholeList(drawing)] : fresh(drawing.steps)),
    ],
    log: added(picture.log, seen.log, (first, last) => first.n > last + 1),
    // Its numbers have gaps, so when all that is shown is new nobody knows whether something lies between.
    history: added(picture.history, seen.history, (first, last) => first.n > last && last > 0),
  };
};

/** The same with the question as somebody has filled it in so far; it takes the place of theirs, since morphing would keep what was typed. */
export const withTyped = (lacks: RunSwapsProps, view: RunView): RunSwapsProps => {
  const asking = view.picture.steps.find(({ state }) => state === "asking");
  const typed = stepParts(view).find(({ id }) => asking !== undefined && id === stepPartId(asking.id));
  if (typed === undefined) return lacks;
  const others = lacks.swaps.filter(({ id }) => id !== typed.id);
  return { ...lacks, swaps: [...others, { id: typed.id, html: String(typed.view), how: "outerHTML" }] };
};

const wholeList = ({ steps }: Drawing): Swap => ({
  id: "step-list",
  html: String(<StepList>{raw([...steps.values()].map(({ html }) => html).join(""))}</StepList>),
  how: "outerMorph",
});

const added = <T extends LogLine | FeedEvent>(
  all: readonly T[],
  last: number | null,
  isGap: (first: T, last: number) => boolean,
): Added<T> => {
  const first = all[0];
  if (last === null || last > (all.at(-1)?.n ?? 0) || (first !== undefined && isGap(first, last)))
    return { whole: true, items: all };
  return { whole: false, items: all.filter(({ n }) => n > last) };
};
