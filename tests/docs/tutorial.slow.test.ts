import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, started, testFolder } from "../main/milepost.ts";
import { token } from "../main/token.ts";
import { textOf } from "./code-blocks.ts";

/** A page cut at its blocks: each with what stands before it. */
const walked = (page: string) =>
  [...textOf(page).matchAll(/([\s\S]*?)^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, before = "", language, text = ""]) => ({
      file: /[Ss]ave this as `([^`]+)`:\s*$/.exec(before)?.[1],
      language,
      text,
    }),
  );

test("whoever types the tutorial as it stands there comes to its end, and each of its files can be used, types included", async () => {
  const place = testFolder();
  const bin = join(place, "bin");
  mkdirSync(bin);
  symlinkSync(join(root, "bin/milepost"), join(bin, "milepost"));
  const env = { MILEPOST_DATA: join(place, "data"), MILEPOST_API_TOKEN: token, MILEPOST_SANDBOX: "off" };
  const server = await started(env);
  const type = (script: string) =>
    new Promise<{ code: number; said: string }>((resolve) => {
      const all = {
        ...process.env,
        ...env,
        MILEPOST_TOKEN: token,
        PATH: `${bin}:${process.env.PATH}`,
        TZ: "UTC",
      };
      execFile("sh", ["-ec", script], { cwd: place, env: all }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), said: out + err }),
      );
    });
  /** A file that was saved is offered a moment later. */
  const untilOffered = async (id: string) => {
    for (;;) {
      const { said } = await type("milepost workflows");
      if (new RegExp(`^${id}\\b`, "m").test(said)) return;
    }
  };
  const said: string[] = [];
  for (const { file, text: shown } of walked("writing-a-workflow.md")) {
    const text = shown.replaceAll("/tmp/shop", join(place, "shop"));
    if (file !== undefined) {
      writeFileSync(join(place, file), text, { mode: 0o644 });
      continue;
    }
    for (const [, id = ""] of text.matchAll(/milepost start (\S+)/g)) await untilOffered(id);
    const { code, said: words } = await type(text);
    expect([text, words, code]).toEqual([text, words, 0]);
    said.push(words);
  }
  const all = said.join("\n");
  expect(all).toContain("Hello, Ada!");
  expect(all).toContain("it asks");
  expect(all).toContain(`2 old files are gone from ${join(place, "shop")}.`);
  expect(all).toContain("oops.ts:3: Its default export is no workflow");
  expect(all).toContain(`${join(place, "shop")}/c.log.gz`);
  const checked = await type("milepost check workflows");
  expect([checked.code, checked.said]).toEqual([0, expect.not.stringContaining("warning")]);
  await server.end("SIGTERM");
});
