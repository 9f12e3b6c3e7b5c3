import type { Recorded } from "#core/change.ts";
import type { Dispatch } from "#core/dispatch.ts";
import type { Durations } from "#core/durations.ts";
import type { Form, Values } from "#core/form.ts";
import type { ItemPlace } from "#core/item-table.ts";
import { withItems } from "#core/items-of.ts";
import type { ItemsSeen } from "#core/items-seen.ts";
import type { Beginning } from "#core/kept.ts";
import type { RunPicture, RunSummary } from "#core/picture.ts";
import type { RunPlan } from "#core/plan.ts";
import type { RunState } from "#core/states.ts";
import type { RunFilter } from "#core/store.ts";
import type { Looked, ToldBefore } from "#core/time-left/changed.ts";
import { createUnrecorded, type NotYetRecorded } from "#core/unrecorded.ts";
import type { Workflow } from "#core/workflow.ts";
import { createCommit } from "#engine/commit/commit.ts";
import { createHistory } from "#engine/commit/history.ts";
import { createMask } from "#engine/commit/mask.ts";
import { createTold } from "#engine/commit/told.ts";
import { durations } from "#engine/seen/durations.ts";
import { createItemRuns } from "#engine/seen/item-runs.ts";
import { itemsOfStep } from "#engine/seen/items.ts";
import { picture } from "#engine/seen/picture.ts";
import { plan } from "#engine/seen/plan.ts";
import { sinceLooked } from "#engine/seen/since-looked.ts";
import { summaries } from "#engine/seen/summary.ts";
import { createVersions } from "#engine/seen/versions.ts";
import { firstOf } from "#engine/steps/end.ts";
import { type AnswerOptions, answer, redraw } from "#engine/verbs/answer.ts";
import { cancel } from "#engine/verbs/cancel.ts";
import { beginningOf, clone, startOver } from "#engine/verbs/clone.ts";
import { finalize, unlock } from "#engine/verbs/finalize.ts";
import { inputForm, type Modification, modify, previewModify, startForm } from "#engine/verbs/modify.ts";
import { pause } from "#engine/verbs/pause.ts";
import { type Removal, type RemoveWhat, remove } from "#engine/verbs/remove.ts";
import { resume } from "#engine/verbs/resume.ts";
import { type Retrying, retry } from "#engine/verbs/retry.ts";
import { rewind } from "#engine/verbs/rewind.ts";
import { skip } from "#engine/verbs/skip.ts";
import { skipItem } from "#engine/verbs/skip-item.ts";
import { readInput, type Started, type Starting, start } from "#engine/verbs/start.ts";
import { type TrimRule, trim } from "#engine/verbs/trim.ts";
import { undo } from "#engine/verbs/undo.ts";
import { findRun, findSeen, findWorkflow, fits, numberedRun } from "./definition.ts";
import { authorLimits, type EngineDeps } from "./deps.ts";
import { drive } from "./drive.ts";
import { callLine } from "./line.ts";
import { createOpenLines, type OpenLines } from "./open-lines.ts";
import type { EngineParts } from "./parts.ts";
import { settled } from "./settled.ts";
import { tellResting } from "./tell-resting.ts";
import { retryItems } from "./verbs/retry-items.ts";

export type { Started };

/** Who starts a run like another one, and what makes it one run. */
type Another = Pick<Starting, "starter" | "key">;

/**
 * The one door to everything that makes runs go on. Every verb checks what is allowed and throws AppError otherwise:
 * "not-found", "not-allowed-now", "finalized", "locked" (with runId), "bad-input" and "bad-answer" (with field).
 * `by` is who asks, by name, kept in the run's history; `starter` the id of the person behind that name, the owner unless another is named.
 */
export interface Engine<By = string> {
  readonly workflows: readonly Workflow[];
  workflow(id: string): Workflow;

  /** The form that starts a run; `draft` and `press` redraw it. */
  startForm(workflowId: string, draft?: Values, press?: string): Promise<Form>;
  /** Accepts a run: once this has answered, the run is never lost. */
  start(workflowId: string, values: Values, by: By, how?: Starting): Promise<Started>;
  /** Whether somebody could start a run with these values; nothing is changed. Throws AppError("bad-input") with the field, as `start` does. */
  check(workflowId: string, values: Values, personId: string): Promise<void>;

  /** The dry run: what each step would do; nothing is changed and no run is kept. `personId` as of a start. */
  plan(workflowId: string, values: Values, personId?: string): Promise<RunPlan>;
  /** Another run with the same input, secrets and answers: it asks only where an answer does not hold again. */
  clone(runId: string, by: By, how?: Another): Promise<Started>;
  /** What starts another run like this one: its input without secrets, and its answers so far. */
  beginning(runId: string): Promise<Beginning>;
  /** Cancels the run, waits for its end, and starts another with the same input. */
  startOver(runId: string, by: By, how?: Another): Promise<Started>;
  /** The id of a run that people know by its number. Throws AppError("not-found"). */
  numbered(workflowId: string, number: number): Promise<string>;
  /** What was typed to start this run, without its secrets. */
  valuesOf(runId: string): Promise<Values>;
  /** The start form as this run was started, secrets left empty: they stay as they are. */
  inputForm(runId: string, draft?: Values, press?: string): Promise<Form>;
  previewModify(runId: string, values: Values): Promise<Modification>;
  /** Changes the input: undoes what rests on it, and goes on from there. */
  modify(runId: string, values: Values, by: By, personId?: string): Promise<void>;

  pause(runId: string, by: By): Promise<void>;
  resume(runId: string, by: By): Promise<void>;
  cancel(runId: string, by: By): Promise<void>;
  /** Tries the failed step again, or ends the pause before the next try or look. */
  retry(runId: string, by: By, what?: Retrying): Promise<void>;
  /** Back to a step: later answers and results are cleared, files and registry rows stay. */
  rewind(runId: string, stepId: string, by: By): Promise<void>;
  undo(runId: string, by: By): Promise<void>;
  /** Deletes runs that are over, each by itself, and tells of each how that went. What they made elsewhere stays. */
  remove(runIds: readonly string[], by: By, what: RemoveWhat): Promise<Removal[]>;
  /** Takes away the log of a run that is over, by a rule. */
  trim(runId: string, rule: TrimRule): Promise<void>;
  finalize(runId: string, by: By): Promise<void>;
  unlock(runId: string, by: By): Promise<void>;
  skip(runId: string, stepId: string, by: By): Promise<void>;
  /** Goes on without one item of a step. */
  skipItem(runId: string, stepId: string, key: string, by: By): Promise<void>;
  /** Tries the items of a step again that failed, and no other. */
  retryItems(runId: string, stepId: string, by: By): Promise<void>;
  answer(runId: string, stepId: string, values: Values, by: By, how?: AnswerOptions): Promise<void>;
  /** The form of an ask step with the values so far; saves nothing. */
  redraw(runId: string, stepId: string, values: Values, press: string): Promise<Form>;

  /** `ahead`: with what it will tell later if nothing happens. */
  picture(runId: string, ahead?: boolean): Promise<RunPicture>;
  /** The items of a step from a place on, those that failed first; the run's picture has the first of them. */
  items(runId: string, stepId: string, after?: ItemPlace): Promise<ItemsSeen>;
  runs(filter: RunFilter): Promise<{ rows: RunSummary[]; next: string | null }>;
  /** Those of the workflows `hidden` left out. */
  countRuns(hidden?: readonly string[]): Promise<Record<RunState, number>>;
  /** How long past runs of a workflow took, and how good the estimates were. */
  durations(workflowId: string): Promise<Durations>;
  /** What became of a run's time since somebody looked at it, and why; null where that is nothing to speak of. */
  sinceLooked(runId: string, looked: Looked): Promise<ToldBefore | null>;
  /** From memory when this process has seen the run change, else one prepared query; null when there is no such run. */
  version(runId: string): Promise<number | null>;
  /** Since when what happens to this run cannot be written down; from memory. */
  unrecorded(runId: string): NotYetRecorded | null;
  /** What the programs of steps show and may still write over, and who reads it along; from memory. */
  readonly openLines: Pick<OpenLines, "of" | "listen" | "readAlong">;
  /** Hears every committed change of every run, after the commit. The function returned ends it. */
  listen(hear: (recorded: Recorded) => void): () => void;
  /** Resolves when the run needs no more work by Milepost (over, paused or asking), after `ms`, or when `signal` fires. */
  settled(runId: string, ms: number, signal: AbortSignal): Promise<void>;

  /** Begins to work on due runs. */
  open(): Promise<void>;
  /** Stops taking runs and lets those under way stop cleanly: they go on at the next start. */
  close(): Promise<void>;
}

/** The engine over a store, a feed and a dispatch. Nothing runs before `open`. */
export const createEngine = (deps: EngineDeps, dispatch: Dispatch): Engine => {
  const { store, feed } = deps;
  const workflows = withItems(deps.workflows);
  const history = createHistory(store, feed, deps.clock);
  const told = createTold();
  const mask = createMask(deps.secrets, (run) => workflows.of(run)?.start.hides ?? {});
  const callings = new Set<Promise<void>>();
  const parts: EngineParts = {
    ...deps,
    workflows,
    limits: deps.limits ?? authorLimits,
    history,
    told,
    ...createCommit(deps, history, told, mask, (turn) => {
      const calling = callLine(parts, turn)
        // Whoever was not called looks by itself after a while.
        .catch((error: unknown) => deps.log.warn({ err: error, turn }, "runs in line could not be called"))
        .finally(() => void callings.delete(calling));
      callings.add(calling);
    }),
    mask,
    itemRuns: createItemRuns(store, history, deps.clock),
    unrecorded: createUnrecorded(dispatch.refused),
    openLines: createOpenLines(deps),
    wake: dispatch.wake,
  };
  const versions = createVersions(store, feed);
  const closing = new AbortController();
  let working: { stop(): Promise<void> } | null = null;
  let telling: Promise<void> | null = null;

  return {
    get workflows() {
      return workflows.offered();
    },
    workflow: (id) => findWorkflow(workflows, id),
    startForm: async (id, draft, press) => startForm(parts, findWorkflow(workflows, id), draft, press),
    start: (workflowId, values, by, how) => start(parts, workflowId, values, by, how),
    check: async (workflowId, values, personId) =>
      parts.assertMayUse(personId, await readInput(parts, findWorkflow(workflows, workflowId), values)),
    plan: (workflowId, values, personId) => plan(parts, workflowId, values, personId),
    clone: (runId, by, how) => clone(parts, runId, by, how),
    beginning: async (runId) => beginningOf(await findRun(parts, runId)),
    startOver: (runId, by, how = {}) =>
      startOver(parts, runId, by, how, () =>
        settled(parts, runId, 3 * parts.stopGraceMs, new AbortController().signal),
      ),
    numbered: (workflowId, number) => numberedRun(store, workflowId, number),
    valuesOf: async (runId) => (await findRun(parts, runId)).run.values,
    inputForm: (runId, draft, press) => inputForm(parts, runId, draft, press),
    previewModify: (runId, values) => previewModify(parts, runId, values),
    modify: (runId, values, by, personId) => modify(parts, runId, values, by, personId),
    pause: (runId, by) => pause(parts, runId, by),
    resume: (runId, by) => resume(parts, runId, by),
    cancel: (runId, by) => cancel(parts, runId, by),
    retry: (runId, by, what) => retry(parts, runId, by, what),
    rewind: (runId, stepId, by) => rewind(parts, runId, stepId, by),
    undo: (runId, by) => undo(parts, runId, by),
    remove: (runIds, _by, what) => remove(parts, runIds, what),
    trim: (runId, rule) => trim(parts, runId, rule),
    finalize: (runId, by) => finalize(parts, runId, by),
    unlock: (runId, by) => unlock(parts, runId, by),
    skip: (runId, stepId, by) => skip(parts, runId, stepId, by),
    skipItem: (runId, stepId, key, by) => skipItem(parts, runId, stepId, key, by),
    retryItems: (runId, stepId, by) => retryItems(parts, runId, stepId, by),
    answer: (runId, stepId, values, by, how) => answer(parts, runId, stepId, values, by, how),
    redraw: (runId, stepId, values, press) => redraw(parts, runId, stepId, values, press),

    picture: (runId, ahead) => picture(parts, runId, ahead),
    items: async (runId, stepId, after) => itemsOfStep(parts, await findSeen(parts, runId), stepId, after),
    runs: (filter) => summaries(store, workflows, filter),
    countRuns: (hidden) => store.countRuns(hidden),
    durations: async (workflowId) => durations(parts, findWorkflow(workflows, workflowId)),
    sinceLooked: (runId, looked) => sinceLooked(parts, runId, looked),
    version: versions.of,
    unrecorded: parts.unrecorded.of,
    openLines: parts.openLines,
    listen: (hear) => feed.listen(hear),
    settled: (runId, ms, signal) => settled(parts, runId, ms, signal),

    open: async () => {
      const left = new Set(deps.isAlone === false ? [] : await store.releaseAll());
      const told = new Set(left);
      working = dispatch.take(deps.concurrency, {
        work: (claimed) =>
          drive(claimed, parts, closing.signal, left.delete(claimed.run.id) || claimed.left === true),
        suits: (at) => fits(workflows, at),
        first: (at, now) => (left.has(at.run.id) ? null : firstOf(parts, at, now)),
      });
      if (deps.isAlone === false) return;
      // Nobody waits for this, however many runs there are; the server closes without it.
      telling = tellResting(parts, told, closing.signal).catch((error: unknown) =>
        deps.log.error({ err: error }, "runs that had waited could not be told so"),
      );
    },
    close: async () => {
      closing.abort();
      await Promise.all([working?.stop(), telling]);
      await Promise.all(callings);
      versions.close();
      history.close();
    },
  };
};
