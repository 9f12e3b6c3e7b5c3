import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { type Figure, figureOf, inTurns } from "./figure.ts";
import type { Packed } from "./unpacker.ts";

const unpacker = fileURLToPath(new URL("unpacker.ts", import.meta.url));

const rows = 1_000_000;

/** Unpacking, counting, hashing and syncing a CSV of a million rows, beside `gunzip` of the same file with a sync. */
export const benchUnpack = async (): Promise<Figure> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-bench-"));
  const child = fork(unpacker, { execArgv: [] });
  try {
    const from = join(folder, "export.gz");
    await pipeline(csv, createGzip({ level: 6 }), createWriteStream(from));
    const to = join(folder, "export.csv");
    const ours = async () => {
      child.send({ from, to } satisfies Packed);
      await once(child, "message");
    };
    const gunzip = async () => {
      const out = createWriteStream(join(folder, "gunzip.csv"));
      const program = spawn("gunzip", ["-c", from], { stdio: ["ignore", "pipe", "inherit"] });
      await pipeline(program.stdout, out);
      if (program.exitCode === null) await once(program, "exit");
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
    child.disconnect();
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
