import type { Decision } from "./answerers.ts";
import type { LogLevel } from "./event.ts";
import type { Values } from "./form.ts";
import type { Progress, Substep } from "./step.ts";

/** What every function of a step is given. `results` holds the answers and results of all earlier steps. */
export interface StepContext<I, R, K extends string = never> {
  runId: string;
  stepId: string;
  input: I;
  results: R;
  /** Must be obeyed: it fires on cancel, timeout and when the server stops. */
  signal: AbortSignal;
  /** Milliseconds since 1970. */
  now(): number;
  /** A secret field of the start form; `K` are their names. Throws AppError("not-allowed-now") once it is forgotten. */
  secret: (name: K) => string;
}

export interface AskContext<I, R, K extends string = never> extends StepContext<I, R, K> {
  /** The values so far when the form is redrawn, otherwise nothing. */
  draft?: Values;
  /** The button that was pressed, when it was not the usual one. */
  press?: string;
  /** The answer given before the run was rewound to here, or in the run that this one repeats. */
  previous?: unknown;
  /** The question has not been answered in this run, which repeats another: `previous` is that one's answer. */
  repeats?: true;
  /** Who answers, while an answer is read. */
  by?: string;
  /** All who agreed so far and the one who answers now. */
  decisions?: readonly Decision[];
  /**
   * While an answer is read: from now on this text is blotted out of all that is told of the run. Steps go on to see it in the answer. Private
   * fields of a `question` do so by themselves.
   */
  hides?(text: string): void;
}

export interface DoContext<I, R, K extends string = never> extends StepContext<I, R, K> {
  /** 1 on the first try. */
  attempt: number;
  /** The same on every attempt of this step of this run: `run/step`. */
  key: string;
  /** Tells how far it is. `total` null: not known. Written at most once a second, the last one always. */
  progress(done: number, total: number | null, what: string, unit?: Progress["unit"]): void;
  substeps(names: readonly string[]): SubstepReporter;
  log(line: string, level?: LogLevel): void;
}

/** What an undo is given. */
export type UndoContext<I, R, T, K extends string = never> = DoContext<I, R, K> & {
  /** Undefined when the step failed half-way: then it has to look what is there. */
  result: T | undefined;
  /** The run goes on afterwards, because somebody went back or changed the input: what people have added since must not be lost by it. */
  goingBack: boolean;
  /** What it gave to remember when it last had to wait; undefined when it did not. */
  memo: unknown;
  /** How long it has waited, as far as Milepost looked on. Milliseconds. */
  waitedMs: number;
};

export interface SubstepReporter {
  begin(name: string): void;
  end(name: string, state?: Extract<Substep["state"], "completed" | "failed">): void;
}

export interface WaitContext<I, R, K extends string = never> extends StepContext<I, R, K> {
  /** The same at every look of this step of this run: `run/step`. */
  key: string;
  /** 1 on the first look. */
  look: number;
  waitingSince: number;
  /** How long this try has waited, as far as Milepost looked on: no pause, no time in which the server was off. Milliseconds. */
  waitedMs: number;
  /** 1 on the first try: a person who tries a failed wait again begins another. */
  attempt: number;
  /** What the look before gave to remember; undefined on the first look. */
  memo: unknown;
  /** What `begin` gave in this try; undefined without one, and where it did not come to that. */
  kept: unknown;
  /** How far the look before said it was; null at the first. */
  progress: Progress | null;
  log(line: string, level?: LogLevel): void;
}

export interface WhilePaused<I, R, K extends string = never> {
  stop: (ctx: WaitContext<I, R, K>) => Promise<string>;
  goOn: (ctx: WaitContext<I, R, K>) => Promise<string>;
}
