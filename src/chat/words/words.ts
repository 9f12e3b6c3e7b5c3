import type { Said } from "#core/chat.ts";

/** What can be said of no run in particular. */
export type Whole = "list" | "failed" | "waiting" | "help" | "yes" | "no";

/**
 * A language. All stands as `plain` makes it: small letters, no accents, no punctuation at the end. What is in `phrases` is a pattern: `{x}` is the
 * name of a run or of a workflow, `(a|b)` one of them, `(a|b)?` perhaps. So is what is in `whole`, without a name.
 */
export interface Words {
  phrases: Readonly<Record<Said | "start", readonly string[]>>;
  whole: Readonly<Record<Whole, readonly string[]>>;
  /** Said before or behind a sentence and meaning nothing: "please". */
  before: readonly string[];
  behind: readonly string[];
  /** What a sentence begins with that asks somebody to do it: "could you". */
  asked: readonly string[];
  /** What a sentence begins with that asks for advice: "should i". */
  advice: readonly string[];
  /** What turns a sentence round, wherever it stands. */
  negations: readonly string[];
  /** What puts a thing off. */
  conditions: readonly string[];
  /** What goes on with a sentence. */
  joins: readonly string[];
  /** What names more than one thing. */
  several: readonly string[];
  /** What stands around a name and is none: "my", "task". */
  around: readonly string[];
  /** What stands for the run that was spoken of. */
  it: readonly string[];
}
