import type { Fault, Place } from "#core/authored.ts";
import type { StartChild } from "#core/child.ts";
import type { Texts } from "./loader.ts";

/** What came out when a file was loaded. */
export type Examined =
  | { kind: "good"; file: string; id: string; title: string; texts: Texts; warnings: readonly Fault[] }
  | { kind: "fault"; file: string; fault: Fault }
  /** It is still at work; what comes later holds. */
  | { kind: "busy"; file: string; fault: Fault };

export interface ExamineOrder {
  folder: string;
  files: readonly string[];
}

/** What the process tells that loads them. */
export type Told = Examined | { kind: "begins"; file: string } | { kind: "busy-at"; place: Place | null };

/** From the beginning of a file to its end. */
const longestMs = 10_000;
const memoryMb = 256;

/** Loads files in a process of their own, so that whatever they do there harms nobody, and tells of each how that went. */
export type Examine = (
  files: readonly string[],
  tell: (examined: Examined) => void,
  signal: AbortSignal,
) => Promise<void>;

/** `entry`: the program of that process. */
export const createExamine =
  (startChild: StartChild, entry: URL, folder: string): Examine =>
  async (files, tell, signal) => {
    let left = files;
    while (left.length > 0 && !signal.aborted) {
      const before = left.length;
      left = await examineSome({ startChild, entry, folder, files: left, tell, signal });
      if (left.length === before && !signal.aborted)
        throw new Error("The process that loads workflows could not be started.");
    }
  };

interface Some {
  startChild: StartChild;
  entry: URL;
  folder: string;
  files: readonly string[];
  tell(examined: Examined): void;
  signal: AbortSignal;
}

/** Resolves with those that are still to be loaded once the process has ended, however it did. */
const examineSome = async ({
  startChild,
  entry,
  folder,
  files,
  tell,
  signal,
}: Some): Promise<readonly string[]> => {
  let left = files;
  let begun: string | null = null;
  let busyAt: Place | null = null;
  let late = false;
  let limit: NodeJS.Timeout | undefined;
  const settle = (examined: Examined & { kind: "good" | "fault" }) => {
    clearTimeout(limit);
    left = left.filter((file) => file !== examined.file);
    begun = null;
    tell(examined);
  };
  const hear = (told: Told) => {
    if (told.kind === "good" || told.kind === "fault") settle(told);
    else if (told.kind === "begins") {
      begun = told.file;
      limit = setTimeout(() => {
        late = true;
        void child.end();
      }, longestMs);
    } else if (told.kind === "busy-at" && begun !== null) {
      busyAt = told.place;
      tell({ kind: "busy", file: begun, fault: busyFault(begun, busyAt, "It is stopped after 10 s.") });
    }
  };
  const child = startChild({
    entry,
    memoryMb,
    onMessage: (message) => hear(message as Told),
  });
  const end = () => void child.end();
  signal.addEventListener("abort", end, { once: true });
  child.send({ folder, files } satisfies ExamineOrder);
  const how = await child.ended;
  clearTimeout(limit);
  signal.removeEventListener("abort", end);
  // What it said last may still change what is known of this one.
  const guilty = begun as string | null;
  if (guilty === null || signal.aborted) return left;
  const fault =
    late && busyAt !== null
      ? busyFault(guilty, busyAt, "It was stopped after 10 s.")
      : {
          file: guilty,
          line: null,
          sentence: late
            ? "It did not finish loading within 10 s."
            : `The process that loaded it ${how}: a workflow's file must only define it.`,
        };
  settle({ kind: "fault", file: guilty, fault });
  return left;
};

const busyFault = (file: string, place: Place | null, end: string): Fault => ({
  file: place?.file ?? file,
  line: place?.line ?? null,
  sentence: `It computes without end while it is loaded. ${end}`,
});
