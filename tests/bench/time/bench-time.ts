import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { cost } from "./cost.ts";
import { methods } from "./forecasters.ts";
import { leaveOut } from "./leave-out.ts";
import { replay, toldAtStart } from "./replay.ts";
import { type Score, score } from "./score.ts";
import { readSeries } from "./series.ts";

/** Replays real histories and prints the table of docs/time-left.md; with `--write` puts it there. Another file of series may be named. */
const page = fileURLToPath(new URL("../../../docs/time-left.md", import.meta.url));
const [begin, end] = ["<!-- figures -->", "<!-- end of figures -->"];
const file = process.argv.slice(2).find((one) => !one.startsWith("--"));
const all = readSeries(file ?? new URL("./histories.json", import.meta.url));

const percent = (share: number | null, digits = 0) => (share === null ? "–" : (100 * share).toFixed(digits));
const both = (truth: string, told: string) => `${truth} / ${told}`;

const row = (family: string, method: string, truth: Score, told: Score): string => {
  const pair = (of: (one: Score) => string) => both(of(truth), of(told));
  const honest = told.width > 0;
  const cells = (one: Score) => `${percent(one.cells)} [${percent(one.perfectCells)}]`;
  return `| ${[
    family,
    method,
    honest ? pair((one) => percent(one.coverage, 1)) : "–",
    honest && told.cells !== null ? pair(cells) : "–",
    percent(truth.offAtStart, 2),
    pair((one) => percent(one.offAtNine, 1)),
    pair((one) => percent(one.off, 1)),
    pair((one) => percent(one.loss, 2)),
    honest ? pair((one) => percent(one.width, 1)) : "–",
  ].join(" | ")} |`;
};

const told = new Map(all.map((one) => [one, toldAtStart(one, methods.Milepost)]));
const rows = [...Map.groupBy(all, (one) => one.family)].flatMap(([family, series]) =>
  Object.entries(methods).map(([name, method]) => {
    const fared = series.flatMap((one) => replay(one, method, told.get(one) ?? []));
    return row(family, name, score(fared, "truth"), score(fared, "told"));
  }),
);
const { estimate, learn, learnOneMore } = cost();
const figures = [
  "| family | method | held | cells within 72–88 [perfect] | off at start | off at 90 % | off | pinball | width |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
  ...rows,
  "",
  `With 20 steps an estimate takes ${estimate.toFixed(2)} ms of processor time, learning from 60 runs ${learn.toFixed(0)} ms, one run more ${learnOneMore.toFixed(1)} ms.`,
].join("\n");
process.stdout.write(`${figures}\n`);

if (process.argv.includes("--leave-out")) {
  for (const { family, chosen, own, blind } of leaveOut(all)) {
    const pair = (of: (one: Score) => string) => both(of(own), of(blind));
    process.stdout.write(
      `${family}: ${JSON.stringify(chosen)} held ${pair((one) => percent(one.coverage, 1))}, off ${pair((one) => percent(one.off, 1))}, pinball ${pair((one) => percent(one.loss, 2))}, width ${pair((one) => percent(one.width, 1))}\n`,
    );
  }
}

if (process.argv.includes("--write")) {
  const text = await readFile(page, "utf8");
  const [before = "", rest = ""] = text.split(begin);
  await writeFile(page, `${before}${begin}\n${figures}\n${end}${rest.split(end)[1] ?? "\n"}`);
}
