import { own } from "./own.ts";
import type { ProgressReader, Reading, Told } from "./reader.ts";
import { apt, borg, curl, restic, rsync, wget } from "./readers.ts";

/** Whose lines name themselves beyond doubt. A number with a percent sign is not enough: apt's “Reading database … 5 %” is not the job's. */
const known: readonly [name: string, reader: ProgressReader][] = [
  ["restic", restic],
  ["borg", borg],
  ["apt", apt],
  ["rsync", rsync],
  ["wget", wget],
  ["curl", curl],
];

interface Memory {
  /** The program whose lines are read. */
  by: string;
  inner: unknown;
  /** It went back, so that its share is not one of the whole. */
  doubted?: true;
}

/** Reads the progress of what names itself, where nobody said how. A share that goes back is no share: from then on it is not told. */
export const byItself: ProgressReader = {
  read: (line, before, memory) => {
    const said = own.read(line, before, null);
    if (said !== null) return { ...said, memory: { by: "own", inner: null } };
    const last = memory as Memory | null;
    // What a script tells of itself is of the whole, what its programs tell is not.
    if (last?.by === "own") return null;
    for (const [name, reader] of known) {
      if (last !== null && last.by !== name) continue;
      // Only behind its own heading is a row of numbers curl's.
      if (name === "curl" && last === null && !/^\s+% Total\s+% Received/.test(line)) continue;
      const reading = reader.read(line, last === null ? null : before, last?.inner ?? null);
      if (reading !== null) return remembered(name, reading, before, last);
    }
    return null;
  },
};

const remembered = (
  by: string,
  { told, memory, ...rest }: Reading,
  before: Told | null,
  last: Memory | null,
): Reading => {
  const doubted = last?.doubted === true || goesBack(before, told);
  return {
    ...rest,
    told: doubted ? { done: 0, total: null, what: "it began anew, so how far it is cannot be told" } : told,
    memory: { by, inner: memory ?? null, ...(doubted ? { doubted } : {}) } satisfies Memory,
  };
};

const goesBack = (before: Told | null, now: Told): boolean =>
  before !== null &&
  before.total !== null &&
  before.total > 0 &&
  now.total !== null &&
  now.done / now.total < before.done / before.total;
