import { AppError } from "./errors.ts";
import type { NewItem } from "./item.ts";
import type { Skip } from "./skip.ts";
import type { StepContext } from "./step-context.ts";

/** A finished workflow with the types of its input and of its steps' results. */
export interface FlowOf<J, Q> {
  readonly id: string;
  readonly typed?: { takes: J; gives: Q } | undefined;
}

/** One thing to do: its input is what the run of its own is given. */
export interface EachItem<J> {
  /** What tells it from the others of the list. */
  key: string;
  /** How people call it; its key unless told. */
  title?: string;
  input: J;
}

/** The list, or why there is nothing to do. */
type Listed<J> = readonly EachItem<J>[] | Skip<readonly []>;

/** So many, or so many of a hundred of the whole list. */
export type Share = number | `${number} %`;
export type Wave = Share | "rest";

/** A value, or how it follows from the input. */
type Of<I, T> = T | ((input: I) => T);

export interface EachOptions<I, R, J, Q, T, K extends string = never> {
  /** What is done for each; its runs are made as items of this step and are no entry of the list of workflows. */
  flow: FlowOf<J, Q>;
  /** The list. It is asked once, by reading only (the dry run asks it too), and kept: from then on it does not change. At most 5,000. */
  of: (ctx: StepContext<I, R, K>) => Listed<J> | Promise<Listed<J>>;
  /** So many at a time; 5 unless told. */
  atOnce?: Of<I, number>;
  /** A wave begins when all of the one before are over: `[1, "10 %", "rest"]`. One wave unless told. */
  waves?: Of<I, readonly Wave[]>;
  /** When so many have failed, no more are begun; 1 unless told. */
  stopAfter?: Of<I, Share>;
  /** What later steps see of each, made of its results. Null unless told. */
  gives?: (results: Q) => T;
  /** What the items are called, as one reads it behind a number: "servers". */
  what?: string;
  /** First guess of how long all of them take, before there is any history. */
  weightMs?: number;
}

/** Another workflow as a step: an `each` of one item. */
export interface RunOptions<I, R, J, Q, T, K extends string = never>
  extends Pick<EachOptions<I, R, J, Q, T, K>, "gives"> {
  workflow: FlowOf<J, Q>;
  input: (ctx: StepContext<I, R, K>) => J | Promise<J>;
}

export const asEach = <I, R, J, Q, T, K extends string>(
  title: string,
  { workflow: flow, input, ...options }: RunOptions<I, R, J, Q, T, K>,
): EachOptions<I, R, J, Q, T, K> & { isOne: true } => ({
  ...options,
  flow,
  of: async (ctx) => [{ key: "one", title, input: await input(ctx) }],
  isOne: true,
});

/** What later steps see of an item. */
export interface EachResult<T> {
  key: string;
  title: string;
  state: "completed" | "skipped";
  result: T | null;
}

export const mostItems = 5_000;
export const usualAtOnce = 5;

/** How many that is of a list; at least one. */
export const countOf = (share: Share, all: number): number =>
  typeof share === "number" ? share : Math.max(1, Math.ceil((Number.parseFloat(share) * all) / 100));

const shareRule = /^\d+(\.\d+)? %$/;
export const isShare = (value: unknown): value is Share =>
  typeof value === "number" ? Number.isInteger(value) && value > 0 : isPercent(value);
const isPercent = (value: unknown): boolean => {
  if (typeof value !== "string" || !shareRule.test(value)) return false;
  const percent = Number.parseFloat(value);
  return percent > 0 && percent <= 100;
};
export const isWave = (value: unknown): value is Wave => value === "rest" || isShare(value);

/**
 * The wave of each place of a list, 0 for the first. What is left after the last wave is one more.
 * `waves` counts of the whole list, so ["10 %", "rest"] of 40 is 4 and 36.
 */
export const wavesOf = (waves: readonly Wave[], all: number): readonly number[] => {
  const places: number[] = [];
  for (const [wave, share] of [...waves, "rest" as const].entries()) {
    const left = all - places.length;
    const size = share === "rest" ? left : Math.min(left, countOf(share, all));
    for (let n = 0; n < size; n++) places.push(wave);
  }
  return places;
};

/** The list as it is kept. Throws AppError("bad-input") where two are called the same, or they are too many. */
export const frozenList = (
  items: readonly EachItem<unknown>[],
  waves: readonly Wave[],
): readonly NewItem[] => {
  if (items.length > mostItems)
    throw new AppError(
      "bad-input",
      `These are ${items.length} items. At most ${mostItems} are done in one step; take several to one item.`,
    );
  const keys = new Set<string>();
  const places = wavesOf(waves, items.length);
  return items.map(({ key, title = key, input }, place) => {
    if (keys.has(key))
      throw new AppError("bad-input", `“${key}” is twice in the list, so nobody could tell the two apart.`);
    keys.add(key);
    return { key, title, input: input ?? null, wave: places[place] ?? 0 };
  });
};
