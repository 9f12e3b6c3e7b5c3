import type { Fault } from "#core/authored.ts";
import type { StartChild } from "#core/child.ts";
import { AppError } from "#core/errors.ts";
import { createExamine, type Examined } from "./examine.ts";
import { list } from "./listing.ts";
import { lineOf } from "./place.ts";
import { examineScript, isScript, type ScriptWorkflow } from "./script.ts";
import { besidesFaults, typeCheck } from "./type-check.ts";

interface CheckDeps {
  uid: number | undefined;
  startChild: StartChild;
  examineEntry: URL;
  script: ScriptWorkflow;
  /** Ids that are taken. */
  taken: readonly string[];
  /** Beside what TypeScript is looked for, where the folder has none. */
  besides: string;
}

export interface CheckedFolder {
  workflows: readonly { file: string; id: string; title: string }[];
  faults: readonly Fault[];
  warnings: readonly Fault[];
  /** TypeScript had its say. */
  typed: boolean;
}

/** Looks at all files of a folder of workflows as a server would, without one. Throws AppError("not-found"). */
export const checkFolder = async (folder: string, deps: CheckDeps): Promise<CheckedFolder> => {
  const listing = list(folder, deps.uid);
  if (listing === null)
    throw new AppError("not-found", `There is no folder ${folder}. “milepost init” makes one.`);
  if (listing.fault !== null)
    return {
      workflows: [],
      faults: [{ file: ".", line: null, sentence: listing.fault }],
      warnings: [],
      typed: false,
    };
  const { signal } = new AbortController();
  const examined: Examined[] = listing.faults.map((fault) => ({ kind: "fault", file: fault.file, fault }));
  for (const file of listing.workflows.filter(isScript))
    examined.push(await examineScript(folder, file, deps.script));
  const modules = listing.workflows.filter((file) => !isScript(file));
  const examining = createExamine(deps.startChild, deps.examineEntry, folder)(
    modules,
    (one) => void examined.push(one),
    signal,
  );
  const usable = async () => {
    await examining;
    return examined.flatMap(({ kind, file }) => (kind === "good" ? [file] : []));
  };
  const [types] = await Promise.all([typeCheck(folder, deps.besides, signal, usable), examining]);
  const good = examined
    .filter((one) => one.kind === "good")
    .sort((one, other) => (one.file < other.file ? -1 : 1));
  const owners = new Map(deps.taken.map((id) => [id, "one that Milepost brings along"]));
  const twice = good.flatMap(({ file, id, texts }): Fault[] => {
    const owner = owners.get(id);
    if (owner === undefined) owners.set(id, `“${file}”`);
    return owner === undefined
      ? []
      : [
          {
            file,
            line: lineOfId(texts[file] ?? "", id),
            sentence: `Its id “${id}” is that of ${owner} already.`,
          },
        ];
  });
  const faults = [...examined.flatMap((one) => (one.kind === "fault" ? [one.fault] : [])), ...twice];
  return {
    workflows: good.map(({ file, id, title }) => ({ file, id, title })),
    faults,
    warnings: [...good.flatMap(({ warnings }) => warnings), ...besidesFaults(types ?? [], faults)],
    typed: types !== null,
  };
};

/** Where a file says what its workflow is called. */
export const lineOfId = (text: string, id: string): number | null =>
  lineOf(text, new RegExp(`["'\`]${id}["'\`]`));
