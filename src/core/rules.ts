import { AppError } from "./errors.ts";
import type { Item } from "./item.ts";
import type { RunWithSteps } from "./run.ts";
import { isStepDone, type RunState, type StepState } from "./states.ts";
import type { Step } from "./step.ts";

/** What may be asked of a run and has an address of its own. */
export const runVerbs = [
  "pause",
  "resume",
  "cancel",
  "retry",
  "rewind",
  "undo",
  "finalize",
  "unlock",
] as const;
export type RunVerb = (typeof runVerbs)[number];

/** What may be asked of one step of a run. */
export const stepVerbs = ["answer", "skip", "retry"] as const;
export type StepVerb = (typeof stepVerbs)[number];

/** Everything that a person or a program may ask of a run. */
export type Verb = RunVerb | StepVerb | "modify" | "startOver" | "delete";

interface Rule {
  /** Where the run may be. */
  runs: readonly RunState[];
  /** Where the step may be that the verb is about. */
  steps?: readonly StepState[];
  /** For the sentence: "cannot be paused". */
  cannot: string;
  /** It is allowed while a worker has the run in its hands: the worker is told. */
  whileHeld?: true;
  /** It changes nothing of the run itself, so a finalized one allows it. */
  whenFinalized?: true;
  /** It leaves what is under way behind, so no item of a step may be. */
  notWithItems?: true;
  /** Items are made by the run that they are of, and go with it. */
  notOfItems?: string;
  /** What else stands in the way, as a sentence; null: nothing. */
  unless?(now: RunWithSteps, step: Step | undefined): string | null;
}

/** Something of this step may be there, and can be undone: it was done, or tried and not known to have come to nothing. */
export const isMade = ({ undoable, state, attempt }: Pick<Step, "undoable" | "state" | "attempt">): boolean =>
  undoable && (state === "completed" || (attempt > 0 && state !== "skipped" && state !== "undone"));

const rules = {
  pause: {
    runs: ["queued", "running", "waiting", "asking"],
    cannot: "be paused",
    whileHeld: true,
    unless: ({ run }) => (run.wish === null ? null : `It was asked to ${run.wish} already.`),
  },
  resume: { runs: ["paused"], cannot: "be resumed" },
  cancel: {
    runs: ["queued", "running", "waiting", "asking", "paused"],
    cannot: "be cancelled",
    whileHeld: true,
    unless: ({ run }) => (run.wish === "cancel" ? "It is being cancelled already." : null),
  },
  retry: { runs: ["failed", "cancelled", "waiting"], cannot: "be tried again" },
  rewind: {
    runs: ["asking", "waiting", "paused", "failed", "completed", "cancelled"],
    steps: ["completed", "skipped"],
    cannot: "go back",
    notWithItems: true,
  },
  undo: {
    runs: ["completed", "failed", "cancelled", "paused"],
    cannot: "be undone",
    notWithItems: true,
    unless: ({ steps }) => (steps.some(isMade) ? null : "This run has made nothing that could be undone."),
  },
  finalize: { runs: ["completed", "failed", "cancelled", "undone"], cannot: "be finalized" },
  unlock: {
    runs: ["completed", "failed", "cancelled", "undone"],
    cannot: "be unlocked",
    whenFinalized: true,
    unless: ({ run }) => (run.finalizedAt === null ? "This run is not finalized." : null),
  },
  modify: {
    runs: ["failed", "paused", "asking", "waiting", "cancelled", "undone"],
    cannot: "get another input",
    notWithItems: true,
    unless: ({ run }) =>
      Object.keys(run.values).length > 0 ? null : "This run was started without any input.",
  },
  startOver: {
    runs: ["queued", "running", "waiting", "asking", "paused", "completed", "failed", "cancelled", "undone"],
    cannot: "be started over",
    notOfItems: "Try it again, or start over the run that it is an item of.",
    whileHeld: true,
    whenFinalized: true,
  },
  delete: {
    runs: ["completed", "failed", "cancelled", "undone"],
    cannot: "be deleted",
    notOfItems: "It is one of the items of another run and goes with that one.",
  },
  skip: {
    runs: ["failed", "asking", "waiting", "paused"],
    steps: ["failed", "asking", "waiting"],
    cannot: "be skipped",
    notWithItems: true,
    unless: ({ run }, step) =>
      run.undoTo !== null
        ? "The run was going back when that failed. Try again to go on with that."
        : step?.skippable === null
          ? "Its author does not allow to leave it out."
          : step?.form?.answerers === undefined
            ? null
            : "It says who has to answer it, so it cannot be left out.",
  },
  answer: { runs: ["asking"], steps: ["asking"], cannot: "be answered", whileHeld: true },
} as const satisfies Record<Verb, Rule>;

/** Where a run may be for a verb, whatever else stands in the way. */
export const whereItMay = (verb: Verb): readonly RunState[] => rules[verb].runs;

/**
 * A worker has the run in its hands. A claim that lapsed counts too: its worker may only have been kept from prolonging it (a machine
 * that slept, a full disk) and be at work all the same; if it died, another one takes the run at once and carries out what was asked.
 */
export const isHeld = ({ run }: Pick<RunWithSteps, "run">): boolean => run.claimedBy !== null;

const hasItemsUnderWay = ({ kind, state }: Pick<Step, "kind" | "state">): boolean =>
  kind === "each" && state === "waiting";

/**
 * Why a verb is refused now, or null when it is allowed: the one rule that buttons, the API's `may` and the verbs themselves ask.
 * `step` is the step that the verb is about, where it is about one.
 */
export const refusal = (verb: Verb, now: RunWithSteps, step?: Step): AppError | null => {
  const rule: Rule = rules[verb];
  const { state, finalizedAt } = now.run;
  if (finalizedAt !== null && rule.whenFinalized !== true)
    return new AppError("finalized", "This run is finalized, so it is read-only. Unlock it first.");
  const no = (sentence: string) => new AppError("not-allowed-now", sentence);
  if (!rule.runs.includes(state)) return no(`A run that is ${state} cannot ${rule.cannot}.`);
  if (step !== undefined && rule.steps !== undefined && !rule.steps.includes(step.state))
    return no(`“${step.title}” is ${step.state}, so it cannot ${rule.cannot}.`);
  if (rule.notOfItems !== undefined && now.run.parent !== null) return no(rule.notOfItems);
  if (rule.notWithItems === true && now.steps.some(hasItemsUnderWay))
    return no(`Its items are not over. Cancel the run first; then it can ${rule.cannot}.`);
  const other = rule.unless?.(now, step) ?? null;
  if (other !== null) return no(other);
  if (rule.whileHeld !== true && isHeld(now))
    return no(`The run is at work at this moment. Pause it first; then it can ${rule.cannot}.`);
  return null;
};

/** Throws why the verb is refused now; see `refusal`. */
export const assertMay = (verb: Verb, now: RunWithSteps, step?: Step): void => {
  const refused = refusal(verb, now, step);
  if (refused !== null) throw refused;
};

export const may = (verb: Verb, now: RunWithSteps, step?: Step): boolean => refusal(verb, now, step) === null;

/** The step that trying again is about: the one that failed, or that waits for its next try or look. */
export const retriedStep = ({ steps }: RunWithSteps): Step | undefined =>
  steps.find((step) => step.state === "failed" || step.state === "waiting");

/** Whether items of a step that failed can be tried again while the step goes on with the others. */
export const mayRetryItems = ({ run }: Pick<RunWithSteps, "run">, { kind, state }: Step): boolean =>
  kind === "each" &&
  state === "waiting" &&
  run.state === "waiting" &&
  run.wish === null &&
  run.finalizedAt === null;

/** Whether a person may go on without an item: its run is not under way, and the run that it is of has come to it. */
export const maySkipItem = (
  { run, steps }: RunWithSteps,
  { stepId, state }: Pick<Item, "stepId" | "state">,
): boolean => {
  const step = steps.find(({ id }) => id === stepId);
  if (step?.kind !== "each" || isStepDone(step.state) || run.finalizedAt !== null || isHeld({ run }))
    return false;
  return (
    ["failed", "cancelled", "pending"].includes(state) && run.state !== "undoing" && run.undoneAt === null
  );
};
