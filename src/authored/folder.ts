import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuthoredWorkflows } from "#core/authored.ts";
import type { StartChild } from "#core/child.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { Workflow } from "#core/workflow.ts";
import type { Workflows } from "#core/workflows.ts";
import { createCopies } from "./copies.ts";
import { createEntries } from "./entries.ts";
import { createExamine, type Examined } from "./examine.ts";
import type { Guests } from "./guests.ts";
import { list } from "./listing.ts";
import { createLoader } from "./loader.ts";
import { placeOf } from "./place.ts";
import { examineScript, isScript, type ScriptWorkflow } from "./script.ts";
import { typeCheck } from "./type-check.ts";
import { createVersions } from "./versions.ts";
import { createWatch } from "./watch.ts";

export interface FolderDeps {
  /** Absolute; it need not be there. */
  folder: string;
  /** Where the copies lie that runs go on with. */
  copiesFolder: string;
  /** Whose the folder has to be; undefined where a system has no such numbers. */
  uid: number | undefined;
  /** What `import … from "milepost"` gives. */
  milepost: object;
  script: ScriptWorkflow;
  /** Workflows that are there besides; their ids are taken. */
  builtIn: readonly Workflow[];
  startChild: StartChild;
  /** The program of the process that examines files. */
  examineEntry: URL;
  guests: Guests;
  /** Whether any run names this version. */
  isNamed(code: string): Promise<boolean>;
  /** Beside what TypeScript is looked for, where the folder has none. */
  besides: string;
  clock: Pick<Clock, "now">;
  log: Log;
  importUrl: (url: string) => Promise<unknown>;
}

/** People's own workflows, read anew whenever their files change. */
export interface Folder extends AuthoredWorkflows {
  readonly workflows: Workflows;
  /** Looks now; resolves when what was found is in use. */
  look(): Promise<void>;
  /** Removes the code that nobody needs any more. */
  clean(): Promise<void>;
  /** Puts down what a file's code did and nobody waited for; false when it was not a file's. */
  blame(thrown: unknown): boolean;
  close(): Promise<void>;
}

/** Nothing of the folder is in use before the first `look`. */
export const openFolder = async (deps: FolderDeps): Promise<Folder> => {
  const { folder, copiesFolder, uid, builtIn, guests, script, clock, log } = deps;
  const copies = createCopies(copiesFolder);
  const loader = createLoader({ ...deps, root: copiesFolder, copiesOf: folder });
  const versions = createVersions({ folder: copiesFolder, copies, loader, guests, script });
  const entries = await createEntries({ copiesFolder, versions, builtIn, clock, log });
  const examine = createExamine(deps.startChild, deps.examineEntry, folder);
  const closing = new AbortController();
  /** As everything was when it was last examined. */
  let seen: ReadonlyMap<string, string> = new Map();
  let fault: { sentence: string; since: number } | null = null;
  /** That the last look failed. */
  let failed: ReturnType<Folder["fault"]> = null;
  /** What is being examined, and what ends that. */
  let under: { signatures: ReadonlyMap<string, string>; stop: AbortController } | null = null;
  let looking: Promise<void> | null = null;
  let again = false;
  let isRead = false;
  let typing = new AbortController();

  const lookOnce = async (): Promise<void> => {
    const { signatures, workflows: files, faults, folders, fault: sentence } = list(folder, uid) ?? nothing;
    watch.folders(folders);
    if (sentence !== null) {
      if (fault?.sentence !== sentence) log.warn({ folder, sentence }, "the folder of workflows is not read");
      fault = { sentence, since: fault?.since ?? clock.now() };
      return;
    }
    fault = null;
    const changed = changedIn(seen, signatures);
    const due = files.filter((file) => isDue(file, changed));
    const stop = new AbortController();
    under = { signatures, stop };
    const signal = AbortSignal.any([stop.signal, closing.signal]);
    let taken: Promise<void> = Promise.resolve();
    const tell = (examined: Examined) => {
      taken = taken.then(() => entries.take(examined));
    };
    for (const fault of faults) tell({ kind: "fault", file: fault.file, fault });
    for (const file of due.filter(isScript)) tell(await examineScript(folder, file, script));
    await examine(due.filter((file) => !isScript(file)).sort(lastFaultyLast), tell, signal);
    await taken;
    under = null;
    if (!signal.aborted) seen = signatures;
    await entries.keepOnly([...files, ...faults.map(({ file }) => file)]);
    if (changed.size > 0 && files.length > 0) typed();
  };
  /** It takes seconds, for which nothing waits. */
  const typed = () => {
    typing.abort();
    typing = new AbortController();
    const signal = AbortSignal.any([typing.signal, closing.signal]);
    const usable = () => [...entries.all()].flatMap(([file, { fault }]) => (fault === null ? [file] : []));
    typeCheck(folder, deps.besides, signal, usable).then(
      (faults) => signal.aborted || entries.types(faults ?? []),
      (error: unknown) => log.warn({ err: error }, "types of workflows could not be looked at"),
    );
  };
  const isDue = (file: string, changed: ReadonlySet<string>): boolean => {
    const entry = entries.get(file);
    // What it lacked may have come: of one that could not be loaded it is not known what it leads to.
    if (entry === undefined || entry.fault !== null) return entry === undefined || changed.size > 0;
    return entry.reads.some((path) => changed.has(path));
  };
  /** They may take until their limit again. */
  const lastFaultyLast = (one: string, other: string): number =>
    Number(entries.get(one)?.fault != null) - Number(entries.get(other)?.fault != null);

  const fail = (error: unknown): never => {
    const sentence =
      "Its files cannot be looked at: the server's log says why. What was in use before stays in use, and it is tried again every few seconds.";
    failed = { sentence, since: failed?.since ?? clock.now() };
    throw error;
  };
  const look = (): Promise<void> => {
    if (looking === null) {
      looking = (async () => {
        do {
          again = false;
          await lookOnce().catch(fail);
          failed = null;
        } while (again && !closing.signal.aborted);
      })().finally(() => {
        looking = null;
        isRead = true;
      });
      return looking;
    }
    // What is being examined is not what is there any more.
    const now = under === null ? null : list(folder, uid);
    if (under !== null && changedIn(under.signatures, now?.signatures ?? new Map()).size > 0) {
      again = true;
      under.stop.abort();
    }
    return looking;
  };
  const watch = createWatch(() => {
    look().catch((error: unknown) =>
      log.error({ err: error }, "the folder of workflows could not be looked at"),
    );
  });

  return {
    folder,
    look,
    workflows: {
      offered: entries.offered,
      areBeingRead: () => !isRead,
      of: ({ workflowId, code }) =>
        code === null ? builtIn.find(({ id }) => id === workflowId) : versions.get(code)?.workflow,
      ready: async ({ code }) => {
        if (code === null) return;
        await versions.load(code).catch((error: unknown) => {
          log.error({ err: error, code }, "the version that a run goes on with cannot be loaded");
        });
      },
    },
    isBeingRead: () => !isRead,
    fault: () => fault ?? failed,
    files: () =>
      [...entries.all()]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([file, { good, fault }]) => ({
          file,
          workflow: good === null ? null : { id: good.workflow.id, title: good.workflow.title },
          version: good === null ? null : { code: good.code, since: good.since },
          fault,
          warnings: entries.warningsOf(file),
        })),
    earlier: (workflowId) => {
      const inUse = new Set([...entries.all().values()].map(({ good }) => good?.code));
      return versions
        .all()
        .filter(({ code, workflow }) => workflow.id === workflowId && !inUse.has(code))
        .sort((one, other) => other.since - one.since)
        .map(({ code, since }) => ({ code, since }));
    },
    source: async (file) => {
      const isThere = entries.get(file) !== undefined;
      const text = isThere ? await readFile(join(folder, file), "utf8").catch(() => null) : null;
      if (text === null) throw new AppError("not-found", `There is no workflow's file “${file}”.`);
      return text;
    },
    clean: () =>
      copies.removeBut(
        async (code) =>
          [...entries.all().values()].some(({ good }) => good?.code === code) || (await deps.isNamed(code)),
      ),
    blame: (thrown) => {
      const place = placeOf(thrown, copiesFolder);
      const file = guests.atWork() ?? place?.file.replace(/^[0-9a-f]{20}\//, "");
      if (file === undefined) return false;
      const words = thrown instanceof Error ? thrown.message : String(thrown);
      log.error({ err: thrown, workflow: file }, "a workflow's code failed where nobody waits for it");
      entries.warn(file, {
        file: place?.file.replace(/^[0-9a-f]{20}\//, "") ?? file,
        line: place?.line ?? null,
        sentence: `It failed where nobody waits for it: ${words}`,
      });
      return true;
    },
    close: async () => {
      closing.abort();
      watch.close();
      await looking?.catch(() => {});
      loader.close();
    },
  };
};

const nothing = {
  signatures: new Map<string, string>(),
  workflows: [],
  faults: [],
  folders: [],
  fault: null,
};

const changedIn = (
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): ReadonlySet<string> =>
  new Set([...before.keys(), ...now.keys()].filter((path) => before.get(path) !== now.get(path)));
