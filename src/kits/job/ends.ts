import { type StopReceipt, stopSentence } from "#connectors/ssh/exec-result.ts";
import { exitMeaning } from "#core/exit-meaning.ts";
import type { Seen } from "./looking.ts";

/** How a job ended. `cut-off`: not by itself. */
export interface End {
  kind: "well" | "failed" | "too-late" | "cut-off";
  /** Whole, for a person. */
  sentence: string;
  /** The end of what it wrote. */
  output: string;
}

/** `stop`: it was over its time, and this was done about it. */
export const endOf = (
  { code, state }: Seen,
  name: string,
  { limitMs, stop, output }: { limitMs: number; stop: StopReceipt | null; output: string },
): End => {
  if (stop !== null) {
    const sentence = `The script did not end within ${spanOf(limitMs)}. ${stopSentence(stop, name)}`;
    return { kind: "too-late", sentence, output };
  }
  if (code === 0) return { kind: "well", sentence: `It has ended well on ${name}.`, output };
  if (code !== null)
    return {
      kind: "failed",
      sentence: `The script ended with code ${code} on ${name}${exitMeaning({ code, signal: null })}.`,
      output,
    };
  const why =
    state === "restarted"
      ? `The script came to no end on ${name}, which was restarted while it ran. How far it came is not known.`
      : state === "none" || state === "unbegun"
        ? `What was begun on ${name} is not there any more; whether it took effect is not known.`
        : `The script came to no end on ${name}: something ended it from outside. How far it came is not known.`;
  return { kind: "cut-off", sentence: why, output };
};

const spanOf = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} minutes`;
