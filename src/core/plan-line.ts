import type { PlanLine } from "./workflow.ts";

/** A line of a plan in words. */
export const says = (text: string): PlanLine => ({ kind: "words", text });

/** A line of a plan that is a command, exactly as it would be sent. */
export const sends = (text: string): PlanLine => ({ kind: "command", text });
