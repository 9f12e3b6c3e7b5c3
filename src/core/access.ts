import type { PersonRef, Role } from "./people.ts";

/**
 * What may be said of each: who sees, starts, answers and undoes a workflow's runs, whose agents approve what they ask with medium risk, and who
 * lets runs work with a connection.
 */
export const accessActs = {
  workflow: ["see", "start", "answer", "undo", "agents"],
  connection: ["use"],
} as const;

export type AccessKind = keyof typeof accessActs;
export type AccessAct = (typeof accessActs)[AccessKind][number];

/** Those who have one of these roles, and these people, by their ids. */
export interface Allowed {
  roles: readonly Role[];
  people: readonly string[];
}

/** Who may do what with one workflow or one connection. Where nothing is said of an act, the role decides. */
export type Access = { readonly [A in AccessAct]?: Allowed };

/** Whether somebody's agents may approve what a workflow asks with medium risk: nobody's, until it is said whose; those of admins then as well. */
export const isAgentTrusted = (
  { id, role }: Pick<PersonRef, "id" | "role">,
  access: AccessBook,
  workflowId: string,
): boolean => {
  const said = access.of("workflow", workflowId)?.agents;
  return said !== undefined && (role === "admin" || isAllowed({ id, role }, said));
};

/** What is said of all workflows and connections, from memory. */
export interface AccessBook {
  of(kind: AccessKind, id: string): Access | null;
  /** The workflows of which something is said, by their ids. */
  workflows(): Iterable<readonly [id: string, access: Access]>;
}

/** Where nothing is said of anything. */
export const nothingSaid: AccessBook = { of: () => null, workflows: () => [] };

export const isAllowed = (
  { id, role }: Pick<PersonRef, "id" | "role">,
  { roles, people }: Allowed,
): boolean => roles.includes(role) || people.includes(id);
