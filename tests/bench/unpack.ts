import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { unpackCsv } from "#connectors/botify/unpack.ts";
import { type Figure, figureOf, inTurns } from "./figure.ts";

const rows = 1_000_000;

/** Unpacking, counting, hashing and syncing a CSV of a million rows, beside `gunzip` of the same file with a sync. */
export const benchUnpack = async (): Promise<Figure> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-bench-"));
  try {
    const from = join(folder, "export.gz");
    await pipeline(csv, createGzip({ level: 6 }), createWriteStream(from));
    const to = join(folder, "export.csv");
    const ours = async () => {
      await unpackCsv({ from, to, signal: new AbortController().signal, maxBytes: 1e10, maxRatio: 200 });
    };
    const gunzip = async () => {
      const out = createWriteStream(join(folder, "gunzip.csv"));
      const child = spawn("gunzip", ["-c", from], { stdio: ["ignore", "pipe", "inherit"] });
      await pipeline(child.stdout, out);
      if (child.exitCode === null) await once(child, "exit");
      const file = await open(join(folder, "gunzip.csv"), "r+");
      await file.sync();
      await file.close();
    };
    const took = await inTurns(ours, gunzip, 5);
    const megabytes = (await stat(to)).size / 1e6;
    const about = {
      what: "Unpack, count, hash and sync a CSV of 1,000,000 rows",
      unit: "MB/s",
      than: "gunzip to disk",
      more: "better",
    } as const;
    return figureOf(about, took, (ms) => megabytes / (ms / 1000));
  } finally {
    await rm(folder, { recursive: true });
  }
};

async function* csv(): AsyncGenerator<string> {
  yield "url,title,description,h1\n";
  for (let start = 0; start < rows; start += 1_000) {
    let chunk = "";
    for (let i = start; i < start + 1_000; i++) {
      chunk += `https://www.example.com/category-${i % 997}/page-${i}.html,"Page ${i}, with a comma","What page ${i} is all about, in a few words",Page ${i}\n`;
    }
    yield chunk;
  }
}
