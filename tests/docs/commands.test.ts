import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { verbs } from "#main/verbs/verbs.ts";
import { root } from "../main/milepost.ts";
import { blocksOf, pages, textOf } from "./code-blocks.ts";

const readme = readFileSync(`${root}README.md`, "utf8");
const all = [{ page: "README", text: readme }, ...pages().map((page) => ({ page, text: textOf(page) }))];

/** What is typed: the lines of blocks, and what stands in backticks. */
const typed = all.flatMap(({ page, text }) => [
  ...blocksOf(text).flatMap(({ text }) => text.split("\n").map((line) => ({ page, line }))),
  ...[...text.matchAll(/`([^`\n]+)`/g)].map(([, line = ""]) => ({ page, line })),
]);

test("every script in a page is one that a shell reads", () => {
  const scripts = all.flatMap(({ page, text }) =>
    blocksOf(text).flatMap(({ language, text: input }) => (language === "sh" ? [{ page, input }] : [])),
  );
  for (const { page, input } of scripts)
    expect([page, spawnSync("sh", ["-n"], { input, encoding: "utf8" }).stderr]).toEqual([page, ""]);
});

test("every bin/milepost command in a page, which is for those who keep a server, is one that there is, with no more behind it than it takes", () => {
  const commands = typed.flatMap(({ page, line }) =>
    [...line.matchAll(/bin\/milepost ([a-z-]+)((?: [^\s|`”]+)*)/g)].map(([, name = "", rest = ""]) => ({
      page,
      name,
      given: rest.trim() === "" ? 0 : rest.trim().split(" ").length,
    })),
  );
  expect(commands.length).toBeGreaterThan(10);
  // Commander's own.
  const taken = {
    help: 1,
    ...Object.fromEntries(
      Object.entries(verbs).map(([name, { takes }]) => [
        name,
        takes.flatMap((what) => what.split(" ")).length,
      ]),
    ),
  } as Record<string, number>;
  for (const { page, name, given } of commands)
    expect([page, name, given <= (taken[name] ?? -1)]).toEqual([page, name, true]);
});

test("every npm script in a page is one that package.json has", () => {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = typed.flatMap(({ line }) =>
    [...line.matchAll(/npm run ([a-z:-]+)/g)].map(([, name]) => name),
  );
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
});

test("every file of Milepost that a page names is there", () => {
  const named = typed.flatMap(({ page, line }) =>
    [
      ...line.matchAll(
        /(?<![\w/.-])(?:\/opt\/milepost\/)?((?:src|tests|deploy|views|static|bin|drizzle|docs)\/[\w./-]*\w)/g,
      ),
    ].map(([, path = ""]) => ({ page, path })),
  );
  for (const { page, path } of named)
    expect([page, path, existsSync(root + path)]).toEqual([page, path, true]);
});

test("every setting that the server reads stands in install.md, and no other one", () => {
  const source = ["config", "oidc-config"]
    .map((name) => readFileSync(`${root}src/main/${name}.ts`, "utf8"))
    .join("\n");
  const read = new Set(source.match(/\b(?:MILEPOST|STACK)_[A-Z_]+\b|(?<=env\.)(?:HOST|PORT)\b/g));
  const told = textOf("start/install.md").match(/(?<=^\|.*`)[A-Z][A-Z_]+(?=`.*\|)/gm) ?? [];
  expect([...new Set(told)].sort()).toEqual([...read].sort());
});
