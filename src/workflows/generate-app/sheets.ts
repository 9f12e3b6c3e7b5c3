import { writeFile } from "node:fs/promises";
import { bulk } from "#apps/bulk/bulk.ts";
import { type CsvFile, lookThrough } from "#apps/bulk/csv-file.ts";
import { fileHere } from "#apps/bulk/sent-file.ts";
import { survey } from "#apps/bulk/survey.ts";
import { type PlanOfSheets, planFromSheets } from "#apps/plan/from-sheets.ts";
import { mapOf } from "#apps/plan/sheet.ts";
import { asFile } from "#apps/runtime/csv-cells.ts";
import { Refusal } from "#apps/runtime/refusal.ts";
import { AppError } from "#core/errors.ts";
import { upload } from "#core/upload.ts";
import type { Host } from "#workflows/host.ts";
import type { GenerateInput } from "./input.ts";

/** A file of rows and the table that is made of it. */
export interface PlannedSheet {
  /** The name under which the file is kept. */
  file: string;
  title: string;
  table: string;
  /** By the places in the file: the columns that its cells go into, "" for none. */
  map: string[];
}

type Where = Pick<Host, "errands" | "files">;

/** The files that the app is made of: those that were sent, or the rows that were pasted, which become one. */
const filesOf = ({ files, rows }: GenerateInput, runId: string): readonly string[] =>
  rows == null ? (files ?? []) : [upload.name(runId, "rows.csv")];

/** Whether it is made of rows. */
export const isOfRows = ({ files, rows }: Pick<GenerateInput, "files" | "rows">): boolean =>
  rows != null || (files ?? []).length > 0;

/** One of them on this machine's disk. Throws AppError("not-found"). */
export const sheetHere = async (
  { files }: Pick<Host, "files">,
  { rows, encoding = null }: GenerateInput,
  file: string,
  signal: AbortSignal,
): Promise<CsvFile> => {
  if (rows != null && (await files.size(file)) === null) {
    await writeFile(await files.place(file), asFile(rows), { mode: 0o600 });
    await files.keep(file);
  }
  return fileHere(files, { file, encoding }, signal);
};

/** What all of them hold, as a plan, and which file is which table. */
export const planFromFiles = async (
  host: Where,
  input: GenerateInput,
  runId: string,
  signal: AbortSignal,
  onProgress?: (progress: { done: number; total: number }) => void,
): Promise<PlanOfSheets & { sheets: PlannedSheet[] }> => {
  const names = filesOf(input, runId);
  const files = [];
  for (const name of names)
    files.push({ title: titleOf(name, input), file: await sheetHere(host, input, name, signal) });
  const order = { does: "survey", files } as const;
  const sheets = await bulk(host.errands, order, { signal, ...(onProgress && { onProgress }) });
  const plan = planFromSheets(sheets, input.title);
  return {
    ...plan,
    sheets: sheets.map((sheet, at) => ({
      ...{ file: names[at] ?? "", title: sheet.title, table: plan.tables[at] ?? "" },
      map: mapOf(sheet),
    })),
  };
};

/** A plan of rows that were pasted, at once: they are few. Throws AppError("bad-input"). */
export const planFromPasted = async (rows: string, title: string): Promise<PlanOfSheets> => {
  try {
    const source = { text: asFile(rows) };
    return planFromSheets(
      await survey([{ title, source, looked: await lookThrough(source, () => undefined) }]),
      title,
    );
  } catch (error) {
    if (error instanceof Refusal || (error instanceof AppError && error.code === "bad-input"))
      throw new AppError("bad-input", error.message, { field: "rows" });
    throw error;
  }
};

/** What a file is called, without its ending: “Order lines” for “order_lines.csv”. */
export const titleOf = (name: string, { rows, title }: Pick<GenerateInput, "rows" | "title">): string => {
  if (rows != null) return title;
  const words = upload
    .called(name)
    .replace(/\.[^.]*$/, "")
    .replaceAll(/[_\s]+/g, " ")
    .trim();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`.slice(0, 60) || "Rows";
};
