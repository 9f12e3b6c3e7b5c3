import { type AccessBook, type Allowed, isAllowed } from "./access.ts";
import { type Answerers, isNamed } from "./answerers.ts";
import { offeredId } from "./item.ts";
import type { PersonRef, Role } from "./people.ts";
import { isSavedScript } from "./saved-script.ts";

/** What a token may be for: to look, to start and control runs, to answer their questions, or everything, settings and connections too. */
export const rights = ["read", "run", "answer", "admin"] as const;
export type Right = (typeof rights)[number];

/**
 * What somebody wants to do. `control` and `undo` are of a run that is there; `use` lets a run work with a connection; `own` is what belongs to
 * oneself alone: sessions, tokens. An `admin`'s is what concerns everybody.
 */
export type Action = Right | "control" | "undo" | "use" | "own";

/** What a token lets its holder do. */
export interface Scope {
  rights: readonly Right[];
  /** The ids of the workflows that it is for, with their runs, and of generated apps (`appScope`); null: all. */
  workflows: readonly string[] | null;
  /** It is good for the tools of agents and for no other address: what a person has to say is not said by a program in another way. */
  only?: "agents";
}

/** By what a scope names a generated app. */
export const appScope = (slug: string): string => `app:${slug}`;

export const everything: Scope = { rights: ["admin"], workflows: null };

/** Who asks: a person, by a session or by a program with a token of theirs. */
export interface Doer {
  person: PersonRef;
  scope: Scope;
  /** What is said of workflows and connections at this moment. */
  access: AccessBook;
}

/** A workflow, or one of its runs. */
export interface OfWorkflow {
  workflowId: string;
  /** The person who started the run; undefined: it is about no run. */
  starter?: string;
  /** Whom the question names that the run asks. */
  asks?: Answerers | undefined;
}

/** What something is done to: a workflow with its runs, a connection, Milepost in general (null), or what shows nothing of anybody ("open"). */
export type Of = OfWorkflow | { connectionId: string } | "open" | null;

const usual = {
  viewer: ["read"],
  operator: ["read", "run", "control", "answer", "undo"],
  admin: [],
} as const satisfies Record<Role, readonly Action[]>;

/** Whether somebody may do that to it. Every address, page, stream and verb asks this one question. */
export const can = (who: Doer, action: Action, of: Of): boolean =>
  isInScope(who.scope, action, of) && personMay(who, action, of);

/** The workflows that, with all their runs, are not there for somebody, by their ids in order. */
export const hiddenFrom = ({ person, access }: Doer): readonly string[] => {
  if (person.role === "admin") return [];
  const hidden = [...access.workflows()].filter(
    ([, { see }]) => see !== undefined && !isAllowed(person, see),
  );
  return hidden.map(([id]) => id).sort();
};

/** Whether a workflow is one of these, or one whose runs are the items of one of these. */
export const isHidden = (hidden: readonly string[], workflowId: string): boolean =>
  hidden.includes(offeredId(workflowId));

const isInScope = ({ rights: given, workflows }: Scope, action: Action, of: Of): boolean => {
  if (!given.includes("admin") && !given.includes(rightFor(action))) return false;
  if (workflows === null || of === "open") return true;
  if (of === null) return false;
  return "connectionId" in of || workflows.includes(offeredId(of.workflowId));
};

const rightFor = (action: Action): Right => {
  if (action === "control" || action === "undo" || action === "use") return "run";
  return action === "own" ? "admin" : action;
};

/** Whoever starts these may do anything on servers, so they are for admins until it is said who else may. */
const isForAdmins = (workflowId: string): boolean => workflowId === "run-script" || isSavedScript(workflowId);

const personMay = ({ person, access }: Doer, action: Action, of: Of): boolean => {
  if (person.role === "admin" || action === "own") return true;
  if (action === "admin") return false;
  const byRole = (usual[person.role] as readonly Action[]).includes(action);
  if (of === null || of === "open") return byRole;
  const isOneOf = (allowed: Allowed | undefined, otherwise: boolean) =>
    allowed === undefined ? otherwise : isAllowed(person, allowed);
  if ("connectionId" in of)
    return action === "use" && isOneOf(access.of("connection", of.connectionId)?.use, true);
  const workflowId = offeredId(of.workflowId);
  const { see, start, answer, undo } = access.of("workflow", workflowId) ?? {};
  if (!isOneOf(see, true)) return false;
  // Nobody but an admin controls what another one started; to undo it can be said of somebody.
  const isTheirs = of.starter === undefined || of.starter === person.id;
  switch (action) {
    case "read":
      return byRole;
    case "run":
      return isOneOf(start, byRole && !isForAdmins(workflowId));
    case "control":
      return isTheirs && isOneOf(start, byRole && !isForAdmins(workflowId));
    case "undo":
      return isOneOf(undo, isTheirs && byRole);
    case "answer":
      return isOneOf(answer, byRole || (of.asks !== undefined && isNamed(person, of.asks)));
    case "use":
      return false;
    default:
      return action satisfies never;
  }
};

/** Whether nothing is kept from them, so that nothing has to be looked up. */
export const canAll = ({ scope, person }: Doer): boolean =>
  scope.workflows === null && scope.rights.includes("admin") && person.role === "admin";
