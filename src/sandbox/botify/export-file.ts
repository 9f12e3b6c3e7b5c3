import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createGzip, gzipSync } from "node:zlib";
import type { Db } from "./database.ts";
import type { CrawlField } from "./fields.ts";
import type { SqlQuery } from "./query-sql.ts";
import { within } from "./time-limit.ts";

export interface FileOptions {
  query: SqlQuery;
  /** The most rows. */
  exportRows: number;
  header: "verbose" | "slug" | "collection_slug" | null;
  delimiter: string;
  /** The first line "sep=,". */
  delimiterLine: boolean;
  signal: AbortSignal;
  collection: string;
  format: "gzip" | "gzip-members" | "zip" | "plain";
  to: string;
}

const rowsPerChunk = 1_000;

/** The first chunk of a sorted export sorts all its rows. */
const longestChunkMs = 5_000;

/** Writes a query's rows as CSV, a chunk at a time so that the server goes on answering; the file appears when it is whole. */
export const writeExport = async (reader: Db, options: FileOptions): Promise<void> => {
  const part = `${options.to}.part`;
  const rows = Readable.from(chunksOf(reader, options));
  // Flushed before it gets its name: a job that says DONE must have a whole file, also after a power cut.
  const to = createWriteStream(part, { mode: 0o600, flush: true });
  const { signal } = options;
  switch (options.format) {
    case "plain":
      await pipeline(rows, to, { signal });
      break;
    case "gzip":
      await pipeline(rows, createGzip({ level: 1, chunkSize: 256 * 1024 }), to, { signal });
      break;
    case "gzip-members":
      await pipeline(
        rows,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) yield gzipSync(chunk);
        },
        to,
        { signal },
      );
      break;
    case "zip": {
      const { zipOf } = await import("./zip.ts");
      await pipeline(zipOf("export.csv", rows), to, { signal });
      break;
    }
    default:
      options.format satisfies never;
  }
  await rename(part, options.to);
};

async function* chunksOf(
  reader: Db,
  { query, exportRows, header, delimiter, delimiterLine, collection }: FileOptions,
): AsyncGenerator<Buffer> {
  const { dimensions, metrics, sql, params } = query;
  const lineOf = (texts: readonly string[]) =>
    `${texts.map((text) => cell(text, delimiter)).join(delimiter)}\n`;
  const names = header === null ? [] : dimensions.map((one) => nameOf(one, header, collection));
  const head = header === null ? "" : lineOf([...names, ...metrics]);
  yield Buffer.from(`${delimiterLine ? `sep=${delimiter}\n` : ""}${head}`);
  const rows = reader
    .prepare(`${sql} LIMIT ?`)
    .raw()
    .iterate(...params, exportRows) as IterableIterator<unknown[]>;
  try {
    for (let more = true; more; ) {
      let lines = "";
      within(longestChunkMs, () => {
        for (let count = 0; count < rowsPerChunk && more; count++) {
          const { done, value: row } = rows.next();
          more = done !== true;
          if (more)
            lines += lineOf(row.map((value: unknown, index: number) => textOf(dimensions[index], value)));
        }
      });
      if (lines !== "") yield Buffer.from(lines);
      await nextTurn();
    }
  } finally {
    rows.return?.();
  }
}

const nameOf = (
  field: CrawlField,
  header: "verbose" | "slug" | "collection_slug",
  collection: string,
): string => (header === "verbose" ? field.name : header === "slug" ? field.id : `${collection}.${field.id}`);

/** A metric has no field. */
const textOf = (field: CrawlField | undefined, value: unknown): string => {
  if (value === null || value === undefined) return "";
  if (field === undefined) return String(value);
  if (field.multiple) return (JSON.parse(String(value)) as string[]).join("|");
  return field.type === "boolean" ? (value === 1 ? "true" : "false") : String(value);
};

/** RFC 4180. */
const cell = (text: string, delimiter: string): string =>
  /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
