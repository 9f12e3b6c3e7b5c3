import type { Run } from "./run.ts";

/** A run as it is accepted. */
export type NewRun = Pick<
  Run,
  | "id"
  | "workflowId"
  | "title"
  | "subject"
  | "mode"
  | "input"
  | "values"
  | "secrets"
  | "lock"
  | "createdAt"
  | "createdBy"
  | "starter"
  | "wakeAt"
> &
  Partial<Pick<Run, "former" | "privates" | "changers" | "code" | "cause" | "parent" | "family" | "size">>;
