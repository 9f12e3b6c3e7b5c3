/** What somebody may do: look, start and control runs, answer their questions, or everything, settings and connections too. */
export const rights = ["read", "run", "answer", "admin"] as const;
export type Right = (typeof rights)[number];

/** What a token lets its holder do. */
export interface Scope {
  rights: readonly Right[];
  /** The ids of the workflows that it is for, with their runs; null: all. */
  workflows: readonly string[] | null;
}

export const everything: Scope = { rights: ["admin"], workflows: null };

/** What something is done to: a workflow with its runs, Milepost in general (null), or what shows nothing of anybody ("open"). */
export type Of = { workflowId: string } | "open" | null;

/** Whether whoever has this scope may do that to it. Every address asks this one question. */
export const can = ({ scope }: { scope: Scope }, right: Right, of: Of): boolean => {
  if (!scope.rights.includes("admin") && !scope.rights.includes(right)) return false;
  if (scope.workflows === null || of === "open") return true;
  return of !== null && scope.workflows.includes(of.workflowId);
};

/** Whether nothing is kept from them, so that nothing has to be looked up. */
export const canAll = ({ scope }: { scope: Scope }): boolean =>
  scope.workflows === null && scope.rights.includes("admin");
