/** What a person or a program may ask of a run. */
export const runVerbs = [
  "pause",
  "resume",
  "cancel",
  "retry",
  "rewind",
  "undo",
  "finalize",
  "unlock",
] as const;
export type RunVerb = (typeof runVerbs)[number];

/** What may be asked of one step of a run. */
export const stepVerbs = ["answer", "skip", "retry"] as const;
export type StepVerb = (typeof stepVerbs)[number];
