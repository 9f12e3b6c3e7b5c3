import type { Run } from "./run.ts";

/** What starts another run like one that there was: no secret is in it. */
export type Beginning = Pick<Run, "values" | "mode" | "former">;

/** What somebody keeps under a name, for all who come to this server. */
export type KeptWhat =
  /** Input and answers, to be started with one press. */
  | { kind: "answers"; beginning: Beginning }
  /** A list as it was filtered. */
  | { kind: "list"; query: Readonly<Record<string, string>> }
  /** A workflow that stands before the others. */
  | { kind: "workflow" };

export const keptLists = ["runs", "exports"] as const;
export type KeptList = (typeof keptLists)[number];

export type Kept<W extends KeptWhat = KeptWhat> = {
  id: string;
  /** The id of the workflow; of a list which one it is. */
  of: string;
  name: string;
  keptAt: number;
  keptBy: string;
} & { what: W };

export type KeptAnswers = Kept<Extract<KeptWhat, { kind: "answers" }>>;

export interface KeptTable {
  /** By name. */
  list(): Promise<Kept[]>;
  get(id: string): Promise<Kept | null>;
  /** Replaces what was kept of the same under the same name. Throws AppError("not-allowed-now") where that many are kept that no more fit. */
  put(kept: Kept): Promise<void>;
  remove(id: string): Promise<void>;
}

/** More would be no short cut. */
export const mostKept = 200;
export const longestKeptName = 80;

export const isKept = <K extends KeptWhat["kind"]>(
  kept: Kept,
  kind: K,
): kept is Kept<Extract<KeptWhat, { kind: K }>> => kept.what.kind === kind;
