import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, started, testFolder } from "../main/milepost.ts";
import { blocksOf, textOf } from "./code-blocks.ts";

/** Runs a block of a page as it stands there, with the folders that it names below one of the test. */
const typing = (folder: string) => {
  for (const name of ["backups", "srv"]) mkdirSync(join(folder, name));
  return (page: string, containing: string) => {
    const block = blocksOf(textOf(page)).find(({ text }) => text.includes(containing));
    if (block === undefined) throw new Error(`${page} shows nothing with ${containing}.`);
    const script = block.text.replaceAll(/(?<=[ =])\/(?=backups|srv)/g, `${folder}/`);
    const env = { ...process.env, MILEPOST_DATA: join(folder, "data") };
    return new Promise<{ code: number; said: string }>((resolve) => {
      execFile("sh", ["-ec", script], { cwd: root, env }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), said: out + err }),
      );
    });
  };
};

test("whoever types what the pages show signs in again, backs up, restores and moves, and going back says why it cannot", async () => {
  const folder = testFolder();
  const type = typing(folder);
  const server = await started({ MILEPOST_DATA: join(folder, "data") });
  const link = await type("start/install.md", "bin/milepost sign-in");
  expect([link.code, link.said]).toEqual([
    0,
    expect.stringContaining(`${server.link.origin}/sign-in?token=`),
  ]);
  const backup = await type("keep/backup.md", "bin/milepost backup");
  expect([backup.code, backup.said]).toEqual([0, expect.stringContaining("each compared")]);
  const move = await type("keep/upgrade.md", "moving.zip");
  expect([move.code, move.said]).toEqual([0, expect.stringContaining("each compared")]);
  await server.end("SIGTERM");
  const back = await type("keep/upgrade.md", "go-back");
  expect([back.code, back.said]).toEqual([1, expect.stringContaining("Nothing that this Milepost can use")]);
  const there = await started({ MILEPOST_DATA: join(folder, "srv/milepost") });
  expect((await fetch(new URL("/readyz", there.link))).status).toBe(200);
});
