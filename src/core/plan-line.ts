/** One line of a plan: words, or a command exactly as it would be sent. */
export interface PlanLine {
  kind: "words" | "command";
  text: string;
}

/** A line of a plan in words. */
export const says = (text: string): PlanLine => ({ kind: "words", text });

/** A line of a plan that is a command, exactly as it would be sent. */
export const sends = (text: string): PlanLine => ({ kind: "command", text });
