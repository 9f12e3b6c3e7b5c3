import type { PastRun } from "#core/durations.ts";
import { plural } from "#core/plural.ts";
import { durationText } from "#views/clock-words.js";

const width = 360;
const height = 180;
const left = 64;
const bottom = 160;
const top = 10;

/** Past runs as bars, the oldest first, each with the interval that was told at its start. */
export const Chart = ({ runs }: { runs: readonly PastRun[] }) => {
  const most = topOf(Math.max(...runs.flatMap((run) => [run.activeMs, run.told?.p90Ms ?? 0])));
  const y = (ms: number) => round(bottom - ((bottom - top) * ms) / most);
  const step = (width - left - 4) / runs.length;
  const barWidth = Math.min(24, 0.6 * step);
  const times = runs.map((run) => run.activeMs);
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby="chart-title chart-about">
        <title id="chart-title">What past runs took</title>
        <desc id="chart-about">
          {plural(runs.length, "run")}, between {durationText(Math.min(...times))} and{" "}
          {durationText(Math.max(...times))}. The table below has every number.
        </desc>
        {[0, 0.5, 1].map((share) => (
          <>
            <line class="chart-line" x1={left} x2={width} y1={y(share * most)} y2={y(share * most)} />
            <text class="chart-text" x={left - 6} y={y(share * most) + 4} text-anchor="end">
              {share === 0 ? "0" : durationText(share * most)}
            </text>
          </>
        ))}
        {runs.toReversed().map((run, index) => {
          const middle = round(left + step * (index + 0.5));
          return (
            <>
              <rect
                class="chart-bar"
                x={round(middle - barWidth / 2)}
                y={y(run.activeMs)}
                width={round(barWidth)}
                height={round(bottom - y(run.activeMs))}
              />
              {run.told !== null && (
                <>
                  <line
                    class="chart-told"
                    x1={middle}
                    x2={middle}
                    y1={y(run.told.p10Ms)}
                    y2={y(run.told.p90Ms)}
                  />
                  <circle class="chart-middle" cx={middle} cy={y(run.told.p50Ms)} r="2.5" />
                </>
              )}
            </>
          );
        })}
        <text class="chart-text" x={left} y={height - 4}>
          oldest
        </text>
        <text class="chart-text" x={width} y={height - 4} text-anchor="end">
          newest
        </text>
      </svg>
      <figcaption>
        Bars: what runs took. Lines: what was told at their start, four of five are meant to end within; the
        dot is the middle.
      </figcaption>
    </figure>
  );
};

const minutes = [2, 4, 6, 10, 12, 20, 30, 40, 60, 120, 240, 360, 480, 720, 1_440];
const seconds = [2, 4, 6, 10, 20, 30, 60, ...minutes.map((one) => 60 * one)];

/** The top of the scale: a round time whose half is round too. */
const topOf = (ms: number): number =>
  1_000 * (seconds.find((one) => 1_000 * one >= ms) ?? 172_800 * Math.ceil(ms / 172_800_000));

const round = (value: number): number => Math.round(10 * value) / 10;
