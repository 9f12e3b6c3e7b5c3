import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, gzipSync } from "node:zlib";
import type { Db } from "./database.ts";
import type { CrawlField } from "./fields.ts";
import type { SqlQuery } from "./query-sql.ts";

export interface FileOptions {
  query: SqlQuery;
  /** The most rows. */
  exportRows: number;
  header: "verbose" | "slug" | "collection_slug" | null;
  /** The first line "sep=,". */
  delimiterLine: boolean;
  collection: string;
  format: "gzip" | "gzip-members" | "zip" | "plain";
  to: string;
}

const rowsPerChunk = 1_000;

/** Writes a query's rows as CSV, a chunk at a time so that the server goes on answering; the file appears when it is whole. */
export const writeExport = async (reader: Db, options: FileOptions): Promise<void> => {
  const part = `${options.to}.part`;
  const rows = Readable.from(chunksOf(reader, options));
  const to = createWriteStream(part, { mode: 0o600 });
  switch (options.format) {
    case "plain":
      await pipeline(rows, to);
      break;
    case "gzip":
      await pipeline(rows, createGzip({ level: 1, chunkSize: 256 * 1024 }), to);
      break;
    case "gzip-members":
      await pipeline(
        rows,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) yield gzipSync(chunk);
        },
        to,
      );
      break;
    case "zip": {
      const { zipOf } = await import("./zip.ts");
      await pipeline(zipOf("export.csv", rows), to);
      break;
    }
    default:
      options.format satisfies never;
  }
  await rename(part, options.to);
};

async function* chunksOf(
  reader: Db,
  { query, exportRows, header, delimiterLine, collection }: FileOptions,
): AsyncGenerator<Buffer> {
  const head =
    header === null
      ? ""
      : `${query.dimensions.map((one) => cell(nameOf(one, header, collection))).join(",")}\n`;
  yield Buffer.from(`${delimiterLine ? "sep=,\n" : ""}${head}`);
  let lines: string[] = [];
  for (const row of reader
    .prepare(`${query.sql} LIMIT ?`)
    .raw()
    .iterate(...query.params, exportRows)) {
    lines.push(
      query.dimensions.map((field, index) => cell(textOf(field, (row as unknown[])[index]))).join(","),
    );
    if (lines.length < rowsPerChunk) continue;
    yield Buffer.from(`${lines.join("\n")}\n`);
    lines = [];
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (lines.length > 0) yield Buffer.from(`${lines.join("\n")}\n`);
}

const nameOf = (
  field: CrawlField,
  header: "verbose" | "slug" | "collection_slug",
  collection: string,
): string => (header === "verbose" ? field.name : header === "slug" ? field.id : `${collection}.${field.id}`);

const textOf = (field: CrawlField, value: unknown): string => {
  if (value === null || value === undefined) return "";
  if (field.multiple) return (JSON.parse(String(value)) as string[]).join("|");
  return field.type === "boolean" ? (value === 1 ? "true" : "false") : String(value);
};

/** RFC 4180. */
const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
