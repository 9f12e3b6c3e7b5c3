import { type Approved, type ApproveOptions, approval } from "./approval.ts";
import type { Form, Values } from "./form.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Outcome } from "./run.ts";
import type { GoBack, Reject, Skip } from "./special-answers.ts";
import type { Progress, StepKind } from "./step.ts";
import type { AskContext, DoContext, StepContext, UndoContext, WaitContext } from "./step-context.ts";

/** One line of a plan: words, or a command exactly as it would be sent. */
export interface PlanLine {
  kind: "words" | "command";
  text: string;
}

/** What a step would do. It is found out by reading only; nothing is changed. */
export interface Planned<T> {
  lines: readonly PlanLine[];
  /** What the step would hand on if all goes well, so that later steps can be planned. */
  result?: T;
  /** Why it would have nothing to do: it would end as `skipped`. */
  skip?: string;
}

/** What a probe found after a step was cut off between its effect and its record. */
export type Probe<T> = { happened: true; result: T; checked: string } | { happened: false; checked: string };

export interface DoOptions<I, R, T> {
  run(ctx: DoContext<I, R>): Promise<T | Skip<T>>;
  /**
   * What to do when the step was cut off and nobody knows whether its effect took place.
   * `again` (default): its effect is idempotent, say why in `safeBecause`; `ask`: a person decides;
   * a function: look whether it already took place.
   */
  whenInterrupted?: "again" | "ask" | ((ctx: DoContext<I, R>) => Promise<Probe<T>>);
  /** Why doing it again after an interruption is safe: shown to the person. */
  safeBecause?: string;
  /** It looks and changes nothing. */
  readsOnly?: boolean;
  retry?: RetryPolicy;
  timeoutMs?: number;
  undo?(ctx: UndoContext<I, R, T>): Promise<void>;
  /** What it would do, for the dry run. `results` holds what the plans of earlier steps expect. */
  plan?(ctx: StepContext<I, R>): Planned<T> | Promise<Planned<T>>;
  /** What it obeys `signal` within; longer than usual where a remote command has to be ended. */
  stopWithinMs?: number;
  /** One line for the person about the result. */
  detail?(result: T): string;
  /** First guess of its duration, before there is any history. */
  weightMs?: number;
}

/** What a look at something elsewhere found. */
export type Look<T> =
  | { done: T }
  | {
      waiting: string;
      progress?: { done: number; total: number | null; what: string; unit?: Progress["unit"] };
      nextInMs?: number;
    };

export interface WhilePaused<I, R> {
  stop(ctx: WaitContext<I, R>): Promise<string>;
  goOn(ctx: WaitContext<I, R>): Promise<string>;
}

export interface WaitOptions<I, R, T> {
  look(ctx: WaitContext<I, R>): Promise<Look<T> | Skip<T>>;
  /** Between looks; grows by half each time up to `maxEveryMs`. */
  everyMs: number;
  maxEveryMs?: number;
  timeoutMs: number;
  /** Called on cancel: stops what goes on elsewhere, or says in a sentence that it cannot be stopped. */
  onCancel?(ctx: WaitContext<I, R>): Promise<string>;
  /**
   * What a pause means for the other side. A text says that it goes on, and what: "The export itself goes on at Botify."
   * `stop` and `goOn` really pause it and let it go on; each gives a sentence about what it did. Without it nobody claims anything.
   */
  whilePaused?: string | WhilePaused<I, R>;
  undo?(ctx: UndoContext<I, R, T>): Promise<void>;
  /** What it would wait for, for the dry run. */
  plan?(ctx: StepContext<I, R>): Planned<T> | Promise<Planned<T>>;
  stopWithinMs?: number;
  detail?(result: T): string;
  retry?: RetryPolicy;
  weightMs?: number;
}

export interface AskOptions<I, R, A> {
  /** Draws the question. It may look things up; what it throws is shown as the step's failure, with a retry. */
  form(ctx: AskContext<I, R>): Form | Skip<A> | Promise<Form | Skip<A>>;
  /** Reads the answer; throws AppError("bad-answer", sentence, { field }) when it cannot be used. */
  read(values: Values, ctx: AskContext<I, R>): A | Reject | GoBack | Promise<A | Reject | GoBack>;
  /** Only a person in a browser may answer, no API token. */
  personOnly?: boolean;
  /** After this long without an answer `unanswered` holds. */
  timeoutMs?: number;
  /** The values that are taken as the answer when nobody answers in time; the form says so. */
  unanswered?: Values & { press?: string };
  /** One line for the person about the answer. */
  detail?(answer: A): string;
}

/** A step with its types forgotten, as the engine runs it. */
export type StepDefinition = {
  id: string;
  title: string;
  kind: StepKind;
  skippable?: string;
  uses?: readonly string[];
} & (
  | ({ kind: "do" } & DoOptions<unknown, Results, unknown>)
  | ({ kind: "wait" } & WaitOptions<unknown, Results, unknown>)
  | ({ kind: "ask" } & AskOptions<unknown, Results, unknown>)
);

export type Results = Record<string, unknown>;

/** What a workflow asks before its run exists. */
export interface Start<I> {
  form(ctx: { signal: AbortSignal; draft?: Values; press?: string }): Form | Promise<Form>;
  /** Throws AppError("bad-input", sentence, { field }). */
  read(values: Values): I | Promise<I>;
  /** One line that tells this run from others: "node1 / mybot"; asked again after every answer. */
  subject(input: I, results: Results): string;
  /** A name that only one active run may hold. */
  lock?(input: I): string | null;
  /** Fields of the form that are kept sealed apart from the input and handed to steps by `ctx.secret`; `read` leaves them out. */
  secrets?: readonly string[];
  /** `undo`: what the run made is removed by itself when it fails. `stop` (default): it is kept and a person decides. */
  onFailure?(input: I): "stop" | "undo";
}

export interface Workflow {
  id: string;
  title: string;
  /** One or two sentences: what a person gets from it. */
  about: string;
  start: Start<unknown>;
  steps: readonly StepDefinition[];
  outcome(input: unknown, results: Results): Outcome;
}

/** What it means to skip this step, for the person to read; without it a person cannot. A step that may be skipped may have no result. */
export interface Skippable<S extends string | undefined> {
  skippable?: S;
  /** The fields of the input that this step rests on, so that changing another one leaves its result as it is. Default: all. */
  uses?: readonly string[];
}
type Result<T, S> = [S] extends [string] ? T | undefined : T;
type Extended<R, Id extends string, T> = R & { readonly [K in Id]: T };

/** Grows step by step; each step sees the results of those before it with their types. `hands` ends it. */
export interface WorkflowBuilder<I, R> {
  do<Id extends string, T, S extends string | undefined = undefined>(
    id: Id,
    title: string,
    options: DoOptions<I, R, T> & Skippable<S>,
  ): WorkflowBuilder<I, Extended<R, Id, Result<T, S>>>;
  wait<Id extends string, T, S extends string | undefined = undefined>(
    id: Id,
    title: string,
    options: WaitOptions<I, R, T> & Skippable<S>,
  ): WorkflowBuilder<I, Extended<R, Id, Result<T, S>>>;
  ask<Id extends string, A, S extends string | undefined = undefined>(
    id: Id,
    title: string,
    options: AskOptions<I, R, A> & Skippable<S>,
  ): WorkflowBuilder<I, Extended<R, Id, Result<A, S>>>;
  /** Asks for a go-ahead before the steps after it; a rejection ends the run there. */
  approve<Id extends string>(
    id: Id,
    title: string,
    options: ApproveOptions<I, R>,
  ): WorkflowBuilder<I, Extended<R, Id, Approved>>;
  hands(outcome: (input: I, results: R) => Outcome): Workflow;
}

/**
 * Begins a workflow definition. Step ids must be unique and made of a-z, 0-9 and dashes; results and answers must survive JSON.
 * Throws an Error (a mistake of the author) otherwise.
 */
export const workflow = <I>(
  id: string,
  title: string,
  about: string,
  start: Start<I>,
): WorkflowBuilder<I, object> =>
  grow<I, object>({ id, title, about, start: start as unknown as Start<unknown> }, []);

const grow = <I, R>(
  head: Pick<Workflow, "id" | "title" | "about" | "start">,
  steps: readonly StepDefinition[],
): WorkflowBuilder<I, R> => {
  // The one place where a step's types are forgotten: the engine hands each step exactly what the builder's types promise.
  const add = (kind: StepKind, id: string, stepTitle: string, options: object) => {
    if (!/^[a-z][a-z0-9-]*$/.test(id))
      throw new Error(`Step id "${id}" must be lower case letters, digits and dashes.`);
    if (steps.some((step) => step.id === id)) throw new Error(`Workflow "${head.id}" has two steps "${id}".`);
    return grow<I, never>(head, [
      ...steps,
      { ...options, kind, id, title: stepTitle } as unknown as StepDefinition,
    ]);
  };
  return {
    do: (stepId, stepTitle, options) => add("do", stepId, stepTitle, options),
    wait: (stepId, stepTitle, options) => add("wait", stepId, stepTitle, options),
    ask: (stepId, stepTitle, options) => add("ask", stepId, stepTitle, options),
    approve: (stepId, stepTitle, options) => add("ask", stepId, stepTitle, approval(options)),
    hands: (outcome) => ({ ...head, steps, outcome: outcome as unknown as Workflow["outcome"] }),
  };
};
