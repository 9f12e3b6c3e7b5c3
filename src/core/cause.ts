/** What starts runs by itself: a time, a call from outside, or the end of another run. */
export const triggerKinds = ["schedule", "hook", "after"] as const;
export type TriggerKind = (typeof triggerKinds)[number];

/** What made a run start by itself. */
export interface Cause {
  kind: TriggerKind;
  triggerId: string;
  /** Of the trigger, as it was then. */
  name: string;
  dueAt: number | null;
  zone: string | null;
  lateMs: number | null;
  /** The run that it follows. */
  afterRunId: string | null;
}
