import type { ItemsSeen } from "#core/items-seen.ts";
import { shortened } from "#core/long-line.ts";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import { isPercentKnown } from "#core/progress.ts";
import { may, retriedStep } from "#core/rules.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import { isOver, isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { Store } from "#core/store.ts";
import { numbered } from "#core/supervised.ts";
import { brokenPromise } from "#core/time-left/broken.ts";
import { wholeMsOf } from "#core/time-left/changed.ts";
import type { Interval } from "#core/time-left/estimate.ts";
import type { Model } from "#core/time-left/learn.ts";
import { quantile } from "#core/time-left/quantile.ts";
import type { RunLeft } from "#core/time-left/time-left.ts";
import { timelineOf } from "#core/timeline.ts";
import type { Workflows } from "#core/workflows.ts";
import type { Mask } from "#engine/commit/mask.ts";
import { spentOf, type Told } from "#engine/commit/told.ts";
import { findSeen } from "#engine/definition.ts";
import { newerToTry } from "#engine/newer-code.ts";
import type { EngineParts } from "#engine/parts.ts";
import { exportOf } from "./export-of.ts";
import { itemsSeen } from "./items.ts";
import { outlook, standingAt } from "./outlook.ts";
import { isOffered, mayClone } from "./summary.ts";
import { judged, withoutGoingOn } from "./unfit.ts";

const logLines = 200;
const historyEvents = 100;
const timelineEvents = 2_000;

type PictureParts = Pick<
  EngineParts,
  "store" | "history" | "told" | "unrecorded" | "mask" | "clock" | "workflows" | "itemRuns"
>;

/** Everything that pages, streams and the API show of a run. */
export const picture = async (
  { store, history, told, unrecorded, mask, clock, workflows, itemRuns }: PictureParts,
  runId: string,
  ahead = false,
): Promise<RunPicture> => {
  const at = await findSeen({ store }, runId);
  const now = clock.now();
  const { run, steps } = at;
  const [log, events, model, row, promises] = await Promise.all([
    store.logs(runId, { after: null, limit: logLines }),
    store.history(runId, historyEvents),
    history.of(run.workflowId),
    exportOf(store, at),
    store.told(runId),
  ]);
  const moving = run.state === "queued" || run.state === "running" || run.state === "waiting";
  const known = { model, promises };
  const standing = moving ? standingAt(at, known, now) : null;
  const left = standing?.left ?? null;
  const percent = percentOf(run, left, told, now);
  const next =
    ahead && standing !== null && spentOf(steps, now).size > 0
      ? outlook(at, known, { now, standing, percent })
      : null;
  if (next !== null) told.willShow(runId, next.later);
  const { numbers, total } = numbered(run.mode, steps);
  const items = new Map<string, ItemsSeen | null>();
  for (const { id, kind } of steps)
    if (kind === "each") items.set(id, await itemsSeen({ store, itemRuns }, at, id));
  const unfit = await judged(workflows, at);
  const seen: RunPicture = {
    id: run.id,
    number: run.number,
    workflowId: run.workflowId,
    title: run.title,
    subject: run.subject,
    state: run.state,
    mode: run.mode,
    version: run.version,
    lastEvent: run.lastEvent,
    createdAt: run.createdAt,
    createdBy: run.createdBy,
    starter: run.starter,
    changers: run.changers,
    startedBy: run.cause,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    changedAt: run.changedAt,
    percent,
    percentKnown: isPercentKnown(run, steps, typeof left?.percent === "number"),
    timeLeft: left?.run ?? null,
    wholeMs: run.state === "completed" ? activeMs(steps) : wholeMsOf(left),
    told: standing?.told ?? null,
    broken: run.state === "completed" ? brokenPromise(promises, activeMs(steps)) : null,
    firstRun: model === null,
    signs: standing?.signs ?? [],
    later: next?.later ?? [],
    freshUntil: next?.freshUntil ?? null,
    behind: run.behind,
    wish: run.wish,
    may: allowed(workflows, at),
    error: run.error,
    ended: run.ended,
    undoneAt: run.undoneAt,
    unfit,
    unrecorded: isOver(run.state) ? null : unrecorded.of(run.id),
    code: run.code,
    newerCode: newerToTry(workflows, at),
    of: await parentOf(store, run),
    cancel: run.cancel,
    recovery: run.recovery,
    finalizedAt: run.finalizedAt,
    trimmedAt: run.trimmedAt,
    trimmedDays: run.trimmedDays,
    total,
    steps: steps.map((step, index) => ({
      ...stepPicture(step, at, left?.steps.get(step.id) ?? null),
      number: numbers[index] ?? 0,
      cameOut: cameOut(mask, run, step),
      usualMs: usualMs(model, step),
      items: items.get(step.id) ?? null,
    })),
    outcome: run.outcome,
    export: row,
    log,
    history: events,
    timeline: timelineOf(events.length < historyEvents ? events : await store.history(runId, timelineEvents)),
  };
  return unfit === null ? seen : withoutGoingOn(seen);
};

/** What it is an item of. */
const parentOf = async (store: Pick<Store, "run">, { parent }: Run): Promise<RunPicture["of"]> => {
  const above = parent === null ? null : await store.run(parent.runId);
  if (parent === null || above === null) return null;
  const { id, title, subject, number } = above.run;
  return { runId: id, title, subject, number, stepId: parent.stepId, key: parent.key };
};

const activeMs = (steps: readonly Step[]): number => steps.reduce((sum, one) => sum + one.activeMs, 0);

const percentOf = (
  { id, state, percentFloor }: Run,
  left: RunLeft | null,
  told: Told,
  now: number,
): number => {
  if (state === "completed") return 100;
  if (left === null) return percentFloor;
  return told.shown(id, Math.min(99, Math.max(percentFloor, left.percent ?? 0)), now);
};

const stepPicture = (
  step: Step,
  at: RunWithSteps,
  timeLeft: Interval | null,
): Omit<StepPicture, "number" | "cameOut" | "usualMs" | "items"> => ({
  id: step.id,
  kind: step.kind,
  title: step.title,
  state: step.state,
  attempt: step.attempt,
  startedAt: step.startedAt,
  askedAt: step.state === "asking" ? step.signAt : null,
  endedAt: step.endedAt,
  activeMs: step.activeMs,
  backoffMs: step.backoffMs,
  timeLeft,
  progress: step.progress,
  share: step.share,
  substeps: step.substeps,
  detail: step.detail,
  form: step.form,
  error: step.error,
  waiting: step.waiting,
  skippable: step.skippable,
  undoable: step.undoable,
  mayAnswer: step.state === "asking",
  mayRewind: may("rewind", at, step),
  maySkip: may("skip", at, step),
  // Items tell when they have changed: there is nothing to look at sooner.
  mayRetry:
    may("retry", at) && retriedStep(at)?.id === step.id && (step.kind !== "each" || step.state !== "waiting"),
});

/** What happened once, in this very run perhaps, is not what is usual. */
const usualMs = (model: Model | null, { id }: Step): number | null => {
  const past = model?.steps.get(id)?.pastMs ?? [];
  return past.length < 2 ? null : Math.round(quantile(past, 0.5));
};

/** A result may be as large as an author likes. */
const cameOut = (mask: Mask, run: Run, { kind, state, result }: Step): string | null =>
  // Of items each shows what came out.
  kind === "each" || !isStepDone(state) || result === null || result === undefined
    ? null
    : shortened(mask.unended(run, JSON.stringify(result, null, 1)));

const allowed = (workflows: Workflows, at: RunWithSteps): RunPicture["may"] => ({
  pause: may("pause", at),
  resume: may("resume", at),
  cancel: may("cancel", at),
  retry: may("retry", at),
  rewind: at.steps.some((step) => may("rewind", at, step)),
  undo: may("undo", at),
  finalize: may("finalize", at),
  unlock: may("unlock", at),
  modify: may("modify", at),
  startOver: may("startOver", at) && isOffered(workflows, at.run),
  clone: mayClone(workflows, at.run),
  delete: may("delete", at),
});
