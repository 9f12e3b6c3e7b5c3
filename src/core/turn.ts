/** What a step needs for as long as it works: one of few places at something that runs share, such as a machine. */
export interface NeedsTurn<I> {
  /** The name of what is shared; runs of all workflows that say the same name stand in one line. Null: nothing is. */
  of: (input: I) => string | null;
  /** How many runs may have it at a time; 1 unless told. */
  atOnce?: number;
}

/** Behind whom a run waits for its turn, as it was when it last looked. */
export interface Behind {
  /** The run that is first in the line. */
  runId: string;
  number: number;
  title: string;
  subject: string;
  /** How many runs are before this one, those whose turn it is included. */
  ahead: number;
  /** How long it takes until its turn comes, in milliseconds; null where that is not known. */
  aboutMs: number | null;
}

/** "Waits behind Create a bot #12 (node1 / mybot), about 2 min." */
export const behindSentence = ({ number, title, subject, ahead, aboutMs }: Behind): string => {
  const first = `${title} #${number}${subject === "" ? "" : ` (${subject})`}`;
  const others = ahead === 1 ? "" : ` and ${ahead - 1} more`;
  return `Waits behind ${first}${others}${aboutMs === null ? "" : `, ${aboutText(aboutMs)}`}.`;
};

const aboutText = (ms: number): string =>
  ms < 60_000 ? "less than a minute" : `about ${Math.round(ms / 60_000)} min`;
