import type { PersonRef, Role } from "./people.ts";

/** What a token may be for: to look, to start and control runs, to answer their questions, or everything, settings and connections too. */
export const rights = ["read", "run", "answer", "admin"] as const;
export type Right = (typeof rights)[number];

/**
 * What somebody wants to do. `control` and `undo` are of a run that is there; `own` is what belongs to oneself alone: sessions, tokens.
 * An `admin`'s is what concerns everybody.
 */
export type Action = Right | "control" | "undo" | "own";

/** What a token lets its holder do. */
export interface Scope {
  rights: readonly Right[];
  /** The ids of the workflows that it is for, with their runs; null: all. */
  workflows: readonly string[] | null;
}

export const everything: Scope = { rights: ["admin"], workflows: null };

/** Who asks: a person, by a session or by a program with a token of theirs. */
export interface Doer {
  person: Pick<PersonRef, "id" | "role">;
  scope: Scope;
}

/** A workflow, or one of its runs. */
export interface OfWorkflow {
  workflowId: string;
  /** The person who started the run; undefined: it is about no run. */
  starter?: string;
}

/** What something is done to: a workflow with its runs, Milepost in general (null), or what shows nothing of anybody ("open"). */
export type Of = OfWorkflow | "open" | null;

const usual = {
  viewer: ["read"],
  operator: ["read", "run", "control", "answer", "undo"],
  admin: [],
} as const satisfies Record<Role, readonly Action[]>;

/** Whether somebody may do that to it. Every address, page, stream and verb asks this one question. */
export const can = (who: Doer, action: Action, of: Of): boolean =>
  isInScope(who.scope, action, of) && personMay(who.person, action, of);

const isInScope = ({ rights: given, workflows }: Scope, action: Action, of: Of): boolean => {
  if (!given.includes("admin") && !given.includes(rightFor(action))) return false;
  if (workflows === null || of === "open") return true;
  return of !== null && workflows.includes(of.workflowId);
};

const rightFor = (action: Action): Right => {
  if (action === "control" || action === "undo") return "run";
  return action === "own" ? "admin" : action;
};

const personMay = (person: Doer["person"], action: Action, of: Of): boolean => {
  if (person.role === "admin" || action === "own") return true;
  if (action === "admin") return false;
  if (!(usual[person.role] as readonly Action[]).includes(action)) return false;
  if (action !== "control" && action !== "undo") return true;
  // An operator controls what they started.
  return of === null || of === "open" || of.starter === undefined || of.starter === person.id;
};

/** Whether nothing is kept from them, so that nothing has to be looked up. */
export const canAll = ({ scope, person }: Doer): boolean =>
  scope.workflows === null && scope.rights.includes("admin") && person.role === "admin";
