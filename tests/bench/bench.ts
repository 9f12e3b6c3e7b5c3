import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { benchCommits } from "./commits.ts";
import type { Figure } from "./figure.ts";
import { benchNotify } from "./notify.ts";
import { benchPoll } from "./poll.ts";
import { benchSsh } from "./ssh.ts";
import { benchStreams } from "./streams.ts";
import { benchUnpack } from "./unpack.ts";

/** Measures everything and prints the table of docs/performance.md; with `--write` puts it there. */
const page = fileURLToPath(new URL("../../docs/performance.md", import.meta.url));
const [begin, end] = ["<!-- figures -->", "<!-- end of figures -->"];

const rounded = (value: number): string =>
  value.toLocaleString("en", { maximumSignificantDigits: 3, useGrouping: value >= 10_000 });

const row = ({ what, unit, ours, reference, than, more }: Figure): string =>
  `| ${what} | ${rounded(ours)} ${unit} | ${rounded(reference)} ${unit} (${than}) | ${(ours / reference).toFixed(2)}${more === "worse" ? " (lower is better)" : ""} |`;

const figures = [
  await benchPoll(),
  await benchCommits(),
  await benchUnpack(),
  await benchSsh(),
  ...(await benchNotify()),
  ...(await benchStreams()),
];
const table = [
  "| what | Milepost | reference | ratio |",
  "| --- | --- | --- | --- |",
  ...figures.map(row),
].join("\n");
console.log(table);

if (process.argv.includes("--write")) {
  const text = await readFile(page, "utf8");
  const [before = "", rest = ""] = text.split(begin);
  await writeFile(page, `${before}${begin}\n${table}\n${end}${rest.split(end)[1] ?? "\n"}`);
}
