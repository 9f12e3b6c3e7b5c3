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
  person: PersonRef;
  scope: Scope;
}

/** What may be kept to some for each workflow and each connection. */
export const ruled = ["read", "run", "answer", "undo"] as const;
export type Ruled = (typeof ruled)[number];

/** Who may, besides admins. */
export interface Only {
  roles: readonly Role[];
  /** Their ids. */
  people: readonly string[];
}

/** Who may do what with a workflow and its runs, or with a connection; what is left out is as the roles say. */
export type Rule = Readonly<Partial<Record<Ruled, Only>>>;

/** A workflow, or one of its runs. */
export interface OfWorkflow {
  workflowId: string;
  /** The person who started the run; undefined: it is about no run. */
  starter?: string;
  /** That of the workflow. */
  rule?: Rule;
  /** Those of the connections that the run has to do with. */
  connectionRules?: readonly Rule[];
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

const personMay = (person: PersonRef, action: Action, of: Of): boolean => {
  if (person.role === "admin" || action === "own") return true;
  if (action === "admin") return false;
  const byRole = (usual[person.role] as readonly Action[]).includes(action);
  if (of === null || of === "open") return byRole;
  const { rule = {}, connectionRules = [], starter } = of;
  const asked = action === "control" ? "run" : action;
  const isKept = ({ [asked]: only, read }: Rule) =>
    (only === undefined || isAmong(person, only)) && (read === undefined || isAmong(person, read));
  if (![rule, ...connectionRules].every(isKept)) return false;
  const named = rule[asked]?.people.includes(person.id) ?? false;
  // An operator controls what they started; whoever is named for it, everything of the workflow.
  if ((action === "control" || action === "undo") && starter !== person.id && !named) return false;
  return rule[asked] === undefined ? byRole : true;
};

const isAmong = ({ id, role }: PersonRef, { roles, people }: Only): boolean =>
  roles.includes(role) || people.includes(id);

/** Whether nothing is kept from them, so that nothing has to be looked up. */
export const canAll = ({ scope, person }: Doer): boolean =>
  scope.workflows === null && scope.rights.includes("admin") && person.role === "admin";

/** Whether they may look at everything that concerns all, given all rules that there are. */
export const seesAll = (who: Doer, rules: Iterable<Rule>): boolean => {
  if (canAll(who)) return true;
  if (!can(who, "read", null)) return false;
  return (
    who.person.role === "admin" ||
    [...rules].every(({ read }) => read === undefined || isAmong(who.person, read))
  );
};
