import type { PlanLine } from "#core/workflow.ts";

export const words = (text: string): PlanLine => ({ kind: "words", text });
export const command = (text: string): PlanLine => ({ kind: "command", text });

/** Stands in a plan for an id that Dokploy gives only when the thing is made. */
export const notYet = "(its id)";
