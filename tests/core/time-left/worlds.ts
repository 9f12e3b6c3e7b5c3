import type { Draws, World } from "./simulated.ts";

const around = (ms: number, spread: number, { normal }: Draws): number => ms * Math.exp(spread * normal());
const usual = [3_000, 20_000, 1_500, 60_000, 8_000, 30_000];

/** Workflows whose durations have a known distribution. */
export const worlds = {
  "steps that vary each by itself": (_, draw) => usual.map((ms) => around(ms, 0.3, draw)),
  "runs that are slow or fast as a whole": (_, draw) => {
    const day = 0.35 * draw.normal();
    return usual.map((ms) => around(ms * Math.exp(day), 0.12, draw));
  },
  "runs that grow from one to the next": (run, draw) =>
    usual.map((ms) => around(ms * 1.01 ** run, 0.15, draw)),
  "runs that become three times as long at once": (run, draw) =>
    usual.map((ms) => around(run < 100 ? ms : 3 * ms, 0.15, draw)),
  "one step that is nearly all of the run": (_, draw) => [
    around(500, 0.2, draw),
    around(90_000, 0.5, draw),
    around(700, 0.2, draw),
  ],
  "steps that are skipped now and then": (_, draw) =>
    usual.map((ms) => (draw.uniform() < 0.2 ? null : around(ms, 0.25, draw))),
  "sixteen short steps": (_, draw) => Array.from({ length: 16 }, () => around(2_000, 0.4, draw)),
  "runs of two kinds in turn": (run, draw) =>
    usual.map((ms, i) => around(run % 2 === 0 && i > 1 ? 5 * ms : ms, 0.15, draw)),
  "a step of two kinds": (_, draw) =>
    usual.map((ms, i) => around(i === 3 && draw.uniform() < 0.3 ? 4 * ms : ms, 0.2, draw)),
} as const satisfies Record<string, World>;
