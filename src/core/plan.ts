import type { PlanLine } from "./plan-line.ts";
import type { StepKind } from "./step.ts";
import type { Interval, TimeLeft } from "./time-left/estimate.ts";

/** What a run would do, found out without changing anything. */
export interface RunPlan {
  workflowId: string;
  title: string;
  subject: string;
  steps: readonly PlannedStep[];
  /** How long it would take with this input; null before a run of its workflow has completed. */
  takes: TimeLeft | null;
}

export interface PlannedStep {
  id: string;
  /** 1 for the first. */
  number: number;
  kind: StepKind;
  title: string;
  lines: readonly PlanLine[];
  /** Why it would have nothing to do. */
  skip: string | null;
  /** Why it cannot be told: an answer is missing, or looking failed. */
  unknown: string | null;
  undoable: boolean;
  /** It looks and changes nothing. */
  readsOnly: boolean;
  /** How long it would take; null where nothing is known of that or it would have nothing to do. */
  takes: Interval | null;
}
