import { dirname, join } from "node:path";
import type { AuthoredFile, Fault } from "#core/authored.ts";
import type { Clock } from "#core/clock.ts";
import type { Log } from "#core/log.ts";
import type { Workflow } from "#core/workflow.ts";
import { lineOfId } from "./check-folder.ts";
import type { Examined } from "./examine.ts";
import { placeOf } from "./place.ts";
import { besidesFaults } from "./type-check.ts";
import { createUsed } from "./used.ts";
import type { Version, Versions } from "./versions.ts";

export interface Entry {
  /** The version that new runs begin with. */
  good: Version | null;
  /** All files that it led to when it was last examined. */
  reads: readonly string[];
  fault: AuthoredFile["fault"];
  warnings: readonly Fault[];
}

interface EntriesDeps {
  /** Where the copies lie. */
  copiesFolder: string;
  versions: Versions;
  /** Workflows that are there besides; their ids are taken. */
  builtIn: readonly Workflow[];
  clock: Pick<Clock, "now">;
  log: Log;
}

/** What is known of each file of the folder, and what is in use of it. */
export interface Entries {
  get(file: string): Entry | undefined;
  all(): ReadonlyMap<string, Entry>;
  /** What came out when a file was loaded: where it is good, it is in use from here on. */
  take(examined: Examined): Promise<void>;
  /** Only these files are there; what cannot be used as it is now is used as it last could be. */
  keepOnly(files: readonly string[]): Promise<void>;
  warn(file: string, warning: Fault): void;
  /** What TypeScript says of all files as they are now. */
  types(faults: readonly Fault[]): void;
  /** What does not keep a file from being used. */
  warningsOf(file: string): readonly Fault[];
  /** What can be started, people's own behind the others, by id. */
  offered(): readonly Workflow[];
}

const mostWarnings = 20;

export const createEntries = async (deps: EntriesDeps): Promise<Entries> => {
  const { copiesFolder, versions, builtIn, clock, log } = deps;
  const used = createUsed(join(dirname(copiesFolder), "workflow-code.json"));
  const wasUsed = await used.read();
  const entries = new Map<string, Entry>();
  let offered = builtIn;
  let typeFaults: readonly Fault[] = [];

  const entryOf = (file: string): Entry => {
    const entry = entries.get(file) ?? { good: null, reads: [file], fault: null, warnings: [] };
    entries.set(file, entry);
    return entry;
  };
  const inUse = (): [string, Version][] =>
    [...entries].flatMap(([file, { good }]) => (good === null ? [] : [[file, good]]));
  const offer = () => {
    const own = inUse().map(([, { workflow }]) => workflow);
    offered = [...builtIn, ...own.sort((one, other) => (one.id < other.id ? -1 : 1))];
  };
  const blame = (file: string, fault: Fault) => {
    const entry = entryOf(file);
    if (entry.fault?.sentence === fault.sentence && entry.fault.line === fault.line) return;
    entry.fault = { ...fault, since: clock.now() };
    log.warn({ ...fault, workflow: file }, "a workflow's file cannot be used as it is");
  };
  const ownerOf = (id: string, file: string): string | null => {
    if (builtIn.some((one) => one.id === id)) return "one that Milepost brings along";
    const other = inUse().find(([name, { workflow }]) => name !== file && workflow.id === id);
    return other === undefined ? null : `“${other[0]}”`;
  };
  const use = async (file: string, good: Version): Promise<void> => {
    entryOf(file).good = good;
    offer();
    await used.write(new Map(inUse().map(([name, { code }]) => [name, code])));
  };

  return {
    get: (file) => entries.get(file),
    all: () => entries,
    take: async (examined) => {
      const { file } = examined;
      if (examined.kind !== "good") return blame(file, examined.fault);
      const { id, texts, warnings } = examined;
      const entry = entryOf(file);
      entry.reads = Object.keys(texts);
      const owner = ownerOf(id, file);
      if (owner !== null) {
        return blame(file, {
          file,
          line: lineOfId(texts[file] ?? "", id),
          sentence: `Its id “${id}” is that of ${owner} already.`,
        });
      }
      try {
        const good = await versions.keep({ entry: file, texts });
        if (good.code !== entry.good?.code)
          log.info({ workflow: file, code: good.code }, "a workflow's file is in use");
        await use(file, good);
        Object.assign(entry, { fault: null, warnings } satisfies Partial<Entry>);
      } catch (thrown) {
        const line = placeOf(thrown, copiesFolder)?.line ?? null;
        const words = thrown instanceof Error ? thrown.message : String(thrown);
        blame(file, { file, line, sentence: `It could be loaded by itself, but not by Milepost: ${words}` });
      }
    },
    keepOnly: async (files) => {
      for (const file of [...entries.keys()]) if (!files.includes(file)) entries.delete(file);
      for (const file of files) {
        const [entry, code] = [entryOf(file), wasUsed.get(file)];
        if (entry.good === null && code !== undefined)
          entry.good = await versions.load(code).catch(() => null);
      }
      offer();
    },
    warn: (file, warning) => {
      const entry = entryOf(file);
      const isKnown = entry.warnings.some(({ sentence }) => sentence === warning.sentence);
      if (!isKnown) entry.warnings = [warning, ...entry.warnings].slice(0, mostWarnings);
    },
    types: (faults) => {
      typeFaults = faults;
    },
    warningsOf: (file) => {
      const { reads, warnings, fault } = entryOf(file);
      const types = typeFaults.filter((one) => reads.includes(one.file));
      return [...warnings, ...besidesFaults(types, fault === null ? [] : [fault])].slice(0, mostWarnings);
    },
    offered: () => offered,
  };
};
