import { methods } from "./forecasters.ts";
import { replay } from "./replay.ts";
import { score } from "./score.ts";
import { readSeries } from "./series.ts";

const all = readSeries(process.argv[2] ?? new URL("./histories.json", import.meta.url));
const percent = (share: number | null) => (share === null ? "–" : (100 * share).toFixed(2));

for (const [family, series] of Map.groupBy(all, (one) => one.family)) {
  for (const [name, method] of Object.entries(methods)) {
    const fared = series.flatMap((one) => replay(one, method));
    for (const yardstick of ["truth", "told"] as const) {
      const it = score(fared, yardstick);
      console.log(
        family.padEnd(7),
        name.padEnd(14),
        yardstick.padEnd(6),
        [it.coverage, it.cells, it.perfectCells, it.offAtStart, it.offAtNine, it.off, it.loss, it.width]
          .map((x) => percent(x).padStart(7))
          .join(""),
      );
    }
  }
}
