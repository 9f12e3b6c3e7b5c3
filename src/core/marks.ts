import type { Kept } from "./json.ts";
import type { Size } from "./run.ts";

/** What all steps may say. */
export interface Marks<I, K extends string, S extends string | undefined> {
  /** What it means to skip this step, for the person to read; without it a person cannot. A step that may be skipped may have no result. */
  skippable?: S;
  /** The fields of the input that this step rests on, so that changing another one leaves its result as it is. Default: all. */
  uses?: readonly (Extract<keyof I, string> | K)[];
  /** The field of the input that says how it is undone: where that is empty, it cannot be. */
  undoneBy?: Extract<keyof I, string>;
}
/** What later steps see of a step. */
export type Result<T, S> = [S] extends [string] ? Kept<T> | null : Kept<T>;
/** The results of earlier steps, and one more. */
export type Extended<R, Id extends string, T> = R & { readonly [One in Id]: T };
/** An id that no earlier step has. */
export type NewId<R, Id> = Id extends keyof R ? never : Id;

export interface HandsMore<I, R> {
  /**
   * How much a run has to do, as far as its input and the steps that are done tell: what its time grows with, such as rows. Asked before each
   * step. Milepost learns from past runs what one takes, and goes by that where it foretells a step better than the step's past alone.
   */
  size?: (input: I, results: Partial<R>) => Size | null;
}
