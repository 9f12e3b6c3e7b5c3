import { type Approved, type ApproveOptions, approval } from "./approval.ts";
import type { Claiming } from "./claim.ts";
import { asEach, type EachOptions, type EachResult, type FlowOf, type RunOptions } from "./each.ts";
import type { Form, Values } from "./form.ts";
import type { GoBack } from "./go-back.ts";
import type { InJson, Kept } from "./json.ts";
import type { Extended, HandsMore, Marks, NewId, Result } from "./marks.ts";
import type { PlanLine } from "./plan-line.ts";
import type { Reject } from "./reject.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Outcome, Size } from "./run.ts";
import type { Skip } from "./skip.ts";
import { assertSound } from "./sound.ts";
import type { Start } from "./start.ts";
import type { LookedProgress, StepKind } from "./step.ts";
import type {
  AskContext,
  DoContext,
  StepContext,
  UndoContext,
  WaitContext,
  WhilePaused,
} from "./step-context.ts";
import type { NeedsTurn } from "./turn.ts";

/**
 * Removes what the step made. Where it has to wait for somebody else, it says so and is called again, with what it gave as `memo`; so it
 * must bear being called at any point once more.
 */
export type Undo<I, R, T, K extends string = never> = (
  ctx: UndoContext<I, R, T, K>,
) => Promise<UndoWaits | Stays | null | undefined> | Promise<void>;

/** What of it is still there and why, as a sentence. */
export type Stays = { stays: string };

export type UndoWaits = Pick<Extract<Look<unknown>, { waiting: string }>, "waiting" | "nextInMs" | "memo">;

/** What a step would do. It is found out by reading only; nothing is changed. */
export interface Planned<T> {
  lines: readonly PlanLine[];
  /** What the step would hand on if all goes well, so that later steps can be planned. */
  result?: T;
  /** Why it would have nothing to do: it would end as `skipped`. */
  skip?: string;
}

export type DoOptions<I, R, T, K extends string = never> = DoWork<I, R, T, K> & Claiming<I, R, T, K>;

interface DoWork<I, R, T, K extends string> {
  run: (ctx: DoContext<I, R, K>) => Promise<T | Skip<T>>;
  /** What it says of it holds instead of the usual. */
  retry?: Partial<RetryPolicy>;
  timeoutMs?: number;
  undo?: Undo<I, R, T, K>;
  /** What it would do, for the dry run. `results` holds what the plans of earlier steps expect. */
  plan?: (ctx: StepContext<I, R, K>) => Planned<T> | Promise<Planned<T>>;
  /** What it obeys `signal` within; longer than usual where a remote command has to be ended. */
  stopWithinMs?: number;
  /** One line for the person about the result. */
  detail?: (result: T) => string;
  /** First guess of its duration, before there is any history. */
  weightMs?: number;
  /**
   * What it may have only together with few other runs. Steps that follow each other and name the same keep it between them; a question, a
   * pause and the end of the run give it back.
   */
  turn?: NeedsTurn<I>;
}

/** What a look at something elsewhere found. */
export type Look<T> =
  | { done: T; progress?: LookedProgress }
  | {
      waiting: string;
      progress?: LookedProgress;
      nextInMs?: number;
      /** While somebody reads along, the next look comes this soon, and what has begun to be written is shown; it is no line of the log. */
      readAlongMs?: number;
      unended?: string;
      /** What the next look is handed as `memo`: JSON, kept with the step. */
      memo?: unknown;
    };

export interface WaitOptions<I, R, T, K extends string = never> {
  look: (ctx: WaitContext<I, R, K>) => Promise<Look<T> | Skip<T>>;
  /**
   * Sets going what is waited for, before the first look of a try, or for `beginWithinMs` while it fails in a way that can pass; what it gives
   * (JSON, 64 KiB at most) every look is handed as `kept`. Called again, it must not begin a second under this `key` and `waitingSince`.
   */
  begin?: (ctx: WaitContext<I, R, K>) => Promise<unknown>;
  beginWithinMs?: number;
  /** Between looks; grows by half each time up to `maxEveryMs`. */
  everyMs: number;
  maxEveryMs?: number;
  /** What one look may take; a minute unless told. */
  lookLimitMs?: number;
  timeoutMs: number;
  /** Its first look sets something going that it then waits for, so a supervised run asks before it. With `begin` that is known. */
  setsGoing?: true;
  /** Called on cancel: stops what goes on elsewhere, or says in a sentence that it cannot be stopped. */
  onCancel?: (ctx: WaitContext<I, R, K>) => Promise<string>;
  /** What a pause means there: a text says that it goes on, and what; `stop` and `goOn` really pause it, each with a sentence. */
  whilePaused?: string | WhilePaused<I, R, K>;
  undo?: Undo<I, R, T, K>;
  /** What it would wait for, for the dry run. */
  plan?: (ctx: StepContext<I, R, K>) => Planned<T> | Promise<Planned<T>>;
  stopWithinMs?: number;
  detail?: (result: T) => string;
  retry?: Partial<RetryPolicy>;
  weightMs?: number;
  turn?: NeedsTurn<I>;
}

export interface AskOptions<I, R, A, K extends string = never> {
  /** Draws the question. It may look things up; what it throws is shown as the step's failure, with a retry. */
  form: (ctx: AskContext<I, R, K>) => Form | Skip<A> | Promise<Form | Skip<A>>;
  /** Reads the answer; throws AppError("bad-answer", sentence, { field }) when it cannot be used. */
  read: (values: Values, ctx: AskContext<I, R, K>) => Answer<R, A> | Promise<Answer<R, A>>;
  /** Only a person in a browser may answer, no API token. */
  personOnly?: boolean;
  timeoutMs?: number;
  /** What a plan goes on with, as if it were the answer; left out: what follows cannot be told beforehand. */
  assumed?: A;
  /** The values that are taken as the answer when nobody does in `timeoutMs`; the form says so. */
  unanswered?: Values & { press?: string };
  /** One line for the person about the answer. */
  detail?: (answer: A) => string;
  /**
   * In a run that repeats another: whether this answer, read now from the form as it is drawn for `previous`, is still what was answered
   * then. Where it is, nobody is asked. Without it, and for whatever else is answered, a person is.
   */
  holdsAgain?: (answer: A, former: A) => boolean;
}

/** An answer, or one of the two that end or turn back the run. Only to an earlier step can it go back. */
export type Answer<R, A> = A | Reject | GoBack<Extract<keyof R, string>>;

/** A step with its types forgotten, as the engine runs it. */
export type StepDefinition = {
  id: string;
  title: string;
  kind: StepKind;
  skippable?: string;
  uses?: readonly string[];
  undoneBy?: string;
} & (
  | ({ kind: "do" } & DoOptions<unknown, Results, unknown>)
  | ({ kind: "wait" } & WaitOptions<unknown, Results, unknown>)
  | ({ kind: "ask" } & AskOptions<unknown, Results, unknown>)
  | ({ kind: "each" } & EachDefinition)
);

/** `isOne`: its list has one item, whose result is the step's. */
export type EachDefinition = Omit<EachOptions<unknown, Results, unknown, Results, unknown>, "flow"> & {
  flow: Workflow;
  isOne?: true;
};

export type Results = Record<string, unknown>;

export interface Workflow {
  id: string;
  title: string;
  /** One or two sentences: what a person gets from it. */
  about: string;
  /** The version, where it was read from a file that people may change while Milepost runs; runs keep it. */
  code?: string;
  start: Start<unknown>;
  steps: readonly StepDefinition[];
  outcome(input: unknown, results: Results): Outcome;
  size?(input: unknown, results: Results): Size | null;
}

/** Grows step by step; each step sees the results of those before it with their types. `hands` ends it. */
export interface WorkflowBuilder<I, R, K extends string> {
  do<const Id extends string, T, S extends string | undefined = undefined>(
    id: Id & NewId<R, Id>,
    title: string,
    options: DoOptions<I, R, T, K> & Marks<I, K, S> & InJson<T>,
  ): WorkflowBuilder<I, Extended<R, Id, Result<T, S>>, K>;
  wait<const Id extends string, T, S extends string | undefined = undefined>(
    id: Id & NewId<R, Id>,
    title: string,
    options: WaitOptions<I, R, T, K> & Marks<I, K, S> & InJson<T>,
  ): WorkflowBuilder<I, Extended<R, Id, Result<T, S>>, K>;
  ask<const Id extends string, A, S extends string | undefined = undefined>(
    id: Id & NewId<R, Id>,
    title: string,
    options: AskOptions<I, R, A, K> & Marks<I, K, S> & InJson<A>,
  ): WorkflowBuilder<I, Extended<R, Id, Result<A, S>>, K>;
  /** A run of its own for each item of a list; they are done a few at a time. */
  each<const Id extends string, J, Q, T, S extends string | undefined = undefined>(
    id: Id & NewId<R, Id>,
    title: string,
    options: EachOptions<I, R, J, Q, T, K> & Marks<I, K, S> & InJson<T>,
  ): WorkflowBuilder<I, Extended<R, Id, Result<readonly EachResult<Kept<T>>[], S>>, K>;
  /** Another workflow as a step. */
  run<const Id extends string, J, Q, T, S extends string | undefined = undefined>(
    id: Id & NewId<R, Id>,
    title: string,
    options: RunOptions<I, R, J, Q, T, K> & Marks<I, K, S> & InJson<T>,
  ): WorkflowBuilder<I, Extended<R, Id, Result<T | null, S>>, K>;
  /** Asks for a go-ahead before the steps after it; a rejection ends the run there. */
  approve<const Id extends string>(
    id: Id & NewId<R, Id>,
    title: string,
    options: ApproveOptions<I, R, K>,
  ): WorkflowBuilder<I, Extended<R, Id, Approved>, K>;
  /** Throws an Error, whose sentence names workflow and step, when the definition is wrong. */
  hands(outcome: (input: I, results: R) => Outcome, more?: HandsMore<I, R>): Workflow & FlowOf<I, R>;
}

/**
 * Begins a workflow definition. Ids are made of a-z, 0-9 and dashes; what steps hand on must go through JSON unchanged. What the compiler
 * cannot see of that is looked at when `hands` ends the definition.
 */
export const workflow = <I, K extends string>(
  id: string,
  title: string,
  about: string,
  start: Start<I, K>,
): WorkflowBuilder<I, object, K> =>
  grow<I, object, K>({ id, title, about, start: start as unknown as Start<unknown> }, []);

const grow = <I, R, K extends string>(
  head: Pick<Workflow, "id" | "title" | "about" | "start">,
  steps: readonly StepDefinition[],
): WorkflowBuilder<I, R, K> => {
  // The one place where a step's types are forgotten: the engine hands each step exactly what the builder's types promise.
  const add = (kind: StepKind, id: string, stepTitle: string, options: object) =>
    grow<I, never, K>(head, [
      ...steps,
      { ...options, kind, id, title: stepTitle } as unknown as StepDefinition,
    ]);
  return {
    do: (stepId, stepTitle, options) => add("do", stepId, stepTitle, options),
    wait: (stepId, stepTitle, options) => add("wait", stepId, stepTitle, options),
    ask: (stepId, stepTitle, options) => add("ask", stepId, stepTitle, options),
    each: (stepId, stepTitle, options) => add("each", stepId, stepTitle, options),
    run: (stepId, stepTitle, options) => add("each", stepId, stepTitle, asEach(stepTitle, options)),
    approve: (stepId, stepTitle, options) => add("ask", stepId, stepTitle, approval(options)),
    hands: (outcome, more = {}) => {
      const made = { ...head, ...more, steps, outcome } as unknown as Workflow;
      assertSound(made);
      return made;
    },
  };
};
