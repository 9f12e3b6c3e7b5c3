import { expect, test } from "vitest";
import { cellsOf } from "#apps/runtime/csv-cells.ts";
import { readersOf } from "#apps/runtime/csv-writing.ts";
import type { Column } from "#apps/runtime/schema.ts";
import { readValue } from "#apps/runtime/value.ts";
import { containerRow } from "#connectors/dokploy/schemas.ts";
import { isFor } from "#connectors/ssh/known-hosts.ts";
import { readTable } from "#connectors/ssh/process-table.ts";
import { hostConfig } from "#connectors/ssh/ssh-config.ts";
import { text } from "#core/field-kinds.ts";
import { readFields } from "#core/fields.ts";
import { createLines, noLines } from "#kits/progress/lines.ts";
import { curl } from "#kits/progress/readers.ts";
import { readHeader } from "#kits/script/header.ts";
import { writeIdentity } from "#openclaw/identity-file.ts";
import type { Node } from "#openclaw/node.ts";
import { changedEnv } from "#stacks/env-lines.ts";
import { rangeOf } from "#web/pages/range.ts";
import { readComposeFile } from "#workflows/deploy-compose/compose-file.ts";
import { heldMs, longestHoldMs } from "./held.ts";

const column = (type: Column["type"]): Column => ({ type, label: "X", required: false, unique: false });
const spaces = " ".repeat(1_000_000);
const commands = Array.from(
  { length: 8_000 },
  (_, at) => `s ${at + 2} (x) S 1 1\nr ${at + 2} milepost:a:${at}:1:`,
);

/** Each keeps an expression busy that can read the same text in many ways, or as often as there are lines of one kind. */
test.each<[string, () => unknown]>([
  ["a percentage with blanks in it", () => readValue(column("percent"), `1${spaces}x`)],
  ["a number with noughts in it", () => readValue(column("decimal"), `0.${"0".repeat(1_000_000)}1`)],
  [
    "a cell of a file with blanks in it",
    () => readersOf([{ heading: "X", column: column("decimal"), cells: [`1${spaces}x`] }]),
  ],
  [
    "a line of dashes and blanks",
    () => cellsOf(`|a|\n${"\t".repeat(20_000)}-:${"\t".repeat(20_000)}x-\n|b|`),
  ],
  ["how long a container has been up", () => containerRow.safeParse({ status: "1".repeat(1_000_000) })],
  ["a pattern of many stars", () => isFor(`${"*a".repeat(20)}*b`, "a".repeat(250))],
  ["a setting behind blanks", () => hostConfig({ pasted: `User a${spaces}x`, mounted: "" }, "a")],
  ["a comment of a script", () => readHeader(`# milepost: a${spaces}x\n`)],
  ["a bar that is none", () => linesOf(`${"#".repeat(8_000)}${" ".repeat(8_000)}x`)],
  ["a line without end", () => linesOf(`${"#".repeat(500_000)}${" ".repeat(500_000)}x`)],
  ["a range that is none", () => rangeOf(`bytes=${" ".repeat(16_000)}x`, 1)],
  ["empty lines of variables", () => changedEnv(`${"\n".repeat(60_000)}!`, { set: new Map(), remove: [] })],
  ["an image of many parts", () => readComposeFile(`services:\n  a:\n    image: ${"/a".repeat(14_000)}:$\n`)],
  ["a file of brackets", () => readComposeFile(`services: ${"[".repeat(29_000)}`)],
  [
    "a name in a table of processes",
    () => readTable(`m:1\ns 1 (${") ) 0 0 ".repeat(60_000)}\r\r\nm:end`, "m:"),
  ],
  ["what a bot says of itself", () => identityOf("\n".repeat(1_000_000))],
  ["a comment of a script over two lines", () => readHeader(`# milepost:${spaces}x\u2028y\n`)],
  ["a machine of commands alone", () => readTable(`m:1\n${commands.join("\n")}\nm:end`, "m:")],
  [
    "what is typed into a field with a shape",
    () =>
      readFields([text("a", "A", { shape: { is: /^(\w+\s?)*$/, says: "No." } })], {
        a: `${"a".repeat(20_000)}!`,
      }),
  ],
])("%s holds nobody up, whatever it says", async (_, read) => {
  const { longestMs } = await heldMs(async () => {
    await (async () => read())().catch(() => undefined);
  });
  expect(longestMs).toBeLessThan(longestHoldMs);
});

/** As the file of a bot whose name is changed. */
const identityOf = (text: string) =>
  writeIdentity(
    {
      ssh: {
        exists: async () => true,
        read: async () => Buffer.from(text),
        upload: async () => undefined,
      } as unknown as Node["ssh"],
    },
    "/home/bot",
    { name: "Bot", emoji: null },
    new AbortController().signal,
  );

const linesOf = (line: string) =>
  createLines({ reader: curl, log: () => {}, now: () => 0, rowEveryMs: 1_000, live: false }, noLines).line(
    line,
  );
