import { benchAtRest } from "./at-rest.ts";
import { benchCrowd } from "./crowd/crowd.ts";
import { benchEngine } from "./engine.ts";
import { benchFanOut } from "./fan-out.ts";
import { type Figure, isNoisy, tableOf } from "./figure.ts";
import { benchPolls } from "./http/polls.ts";
import { benchLists } from "./lists.ts";
import { benchNotify } from "./notify.ts";
import { benchOutput } from "./output.ts";
import { benchSsh } from "./ssh.ts";
import { benchStreams } from "./streams.ts";
import { benchUnpack } from "./unpack.ts";
import { writeInto } from "./write-into.ts";

/**
 * Measures everything and prints the table of docs/performance.md; with `--write` puts it there. Parts by name are measured alone:
 * `npm run bench -- polls crowd`.
 */
const parts = {
  polls: benchPolls,
  engine: benchEngine,
  "fan-out": benchFanOut,
  unpack: async () => [await benchUnpack()],
  ssh: async () => [await benchSsh()],
  lists: benchLists,
  notify: benchNotify,
  streams: benchStreams,
  output: benchOutput,
  crowd: benchCrowd,
  "at-rest": benchAtRest,
};

const names = process.argv.slice(2).filter((one) => one !== "--write");
const unknown = names.filter((name) => !(name in parts));
if (unknown.length > 0)
  throw new Error(
    `There is no such part: ${unknown.join(", ")}. There are ${Object.keys(parts).join(", ")}.`,
  );
const chosen = Object.entries(parts)
  .filter(([name]) => names.length === 0 || names.includes(name))
  .map(([, bench]) => bench);

const begun = performance.now();
const figures: Figure[] = [];
for (const bench of chosen) figures.push(...(await bench()));
const table = tableOf(figures);
console.log(table);
console.log(`Measured in ${Math.round((performance.now() - begun) / 1000)} s.`);
const noisy = figures.filter(isNoisy);
if (noisy.length > 0)
  console.log(
    `This machine is too busy to compare ${noisy.length} of ${figures.length} figures: the reference itself differed by more than 30 % from round to round. They are marked.`,
  );

if (process.argv.includes("--write") && names.length === 0) await writeInto("figures", table);
