import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { openAt } from "#apps/place.ts";
import type { Sheet } from "#apps/plan/sheet.ts";
import { askedBy } from "#apps/runtime/asker.ts";
import { csvLine } from "#apps/runtime/csv-line.ts";
import { type CsvResult, importCsv } from "#apps/runtime/csv-read.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import { Refusal } from "#apps/runtime/refusal.ts";
import { doErrand } from "#core/errand.ts";
import { AppError } from "#core/errors.ts";
import type { Added, BulkOrder, BulkProgress, FileSeen, Into, TakenBack, Tried } from "./bulk-order.ts";
import { type CsvFile, type FileLooked, lookThrough } from "./csv-file.ts";
import { dataIn } from "./data-in.ts";
import { countKept, wrongKept } from "./kept-lines.ts";
import { addLines, tryLines } from "./put-lines.ts";
import { survey } from "./survey.ts";
import { takeBack } from "./take-back.ts";

/** This process has nothing else to do meanwhile. */
const waitMs = 30_000;
const mostPreviewed = 10;

doErrand(process, async (order: BulkOrder, tell): Promise<Done> => {
  try {
    return await done(order, tell);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const code = thrown.code === "too-large" ? "too-large" : "bad-input";
    throw new AppError(code, thrown.message, { field: thrown.field });
  }
});

type Done = FileSeen | Sheet[] | Tried | Added | TakenBack | CsvResult;

const done = async (order: BulkOrder, tell: (progress: BulkProgress) => void): Promise<Done> => {
  if (order.does === "look") {
    const { heading, rows, above } = await look(order.file, tell);
    return { heading: [...heading], rows, above };
  }
  if (order.does === "survey") return surveyAll(order.files, tell);
  const db = openAt(order.into.at, waitMs);
  try {
    if (order.does === "take back") return await takeBack(db, order.into, tell);
    if (order.does === "import")
      return askedBy({ language: null, name: order.into.by }, () =>
        importCsv(dataIn(db, order.into), order.wish),
      );
    const looked = readLooked(order.file) ?? (await look(order.file, () => undefined));
    if (order.does === "try") return await tryLines(db, order.file, looked, order.into, order.mapping);
    await addLines(db, order.file, looked, order.into, order.mapping, tell);
    return { ...counted(db, order.into), left: writeLeft(db, order.into, looked, order.left) };
  } finally {
    db.close();
  }
};

/** Each file is read twice: for what it looks like, and for what stands in it. */
const surveyAll = async (
  files: readonly { title: string; file: CsvFile }[],
  tell: (progress: BulkProgress) => void,
): Promise<Sheet[]> => {
  const all = [];
  for (const { title, file } of files)
    all.push({ title, source: file, looked: await look(file, () => undefined) });
  const total = all.reduce((sum, { looked }) => sum + looked.rows, 0);
  let done = 0;
  return survey(all, (rows) => {
    done += rows;
    tell({ done, total });
  });
};

const counted = (db: AppDatabase, { run }: Into) => {
  const { added, changed, wrong } = countKept(db, run);
  return { added, changed, wrong };
};

/** What was found of a file lies beside it, so that it need not be read anew for each look at its rows. */
const beside = ({ path }: CsvFile): string => `${path}.found.json`;

const look = async (file: CsvFile, tell: (progress: BulkProgress) => void): Promise<FileLooked> => {
  const total = statSync(file.path).size;
  const looked = await lookThrough(file, (bytes) => tell({ done: bytes, total }));
  writeFileSync(`${beside(file)}.part`, JSON.stringify(looked));
  renameSync(`${beside(file)}.part`, beside(file));
  return looked;
};

const readLooked = (file: CsvFile): FileLooked | null =>
  existsSync(beside(file)) ? (JSON.parse(readFileSync(beside(file), "utf8")) as FileLooked) : null;

/** The rows that were left out as a file that can be corrected and imported: as they stood, and behind them what is wrong. */
const writeLeft = (db: AppDatabase, { run }: Into, { heading }: FileLooked, to: string): Added["left"] => {
  const header = [...heading, "What is wrong"];
  const first: string[][] = [];
  const problems: string[] = [];
  const hash = createHash("sha256");
  const part = `${to}.part`;
  const file = openSync(part, "w", 0o600);
  let sizeBytes = 0;
  const write = (text: string) => {
    hash.update(text);
    sizeBytes += writeSync(file, text);
  };
  try {
    write(`\uFEFF${csvLine(header)}`);
    for (const { line, cells } of wrongKept(db, run)) {
      write(csvLine(cells));
      if (first.length === mostPreviewed) continue;
      first.push(cells);
      problems.push(`Row ${line}: ${cells.at(-1)}`);
    }
  } finally {
    closeSync(file);
  }
  renameSync(part, to);
  return first.length === 0 ? null : { sizeBytes, sha256: hash.digest("hex"), header, first, problems };
};
