import type { Step } from "#core/step.ts";

/** A step as the store gives it, pending unless told otherwise. */
export const aStep = (id: string, over: Partial<Step> = {}): Step => ({
  runId: "run",
  id,
  position: 0,
  kind: "do",
  title: id,
  state: "pending",
  attempt: 0,
  startedAt: null,
  endedAt: null,
  activeMs: 0,
  attemptAt: null,
  quietMs: 0,
  progress: null,
  share: null,
  substeps: [],
  result: null,
  detail: null,
  form: null,
  error: null,
  waiting: null,
  weightMs: 1_000,
  skippable: null,
  undoable: false,
  ...over,
});
