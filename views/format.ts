import { countText, plural } from "#core/plural.ts";
import type { Progress } from "#core/step.ts";
import type { TimeLeft } from "#core/time-left/estimate.ts";

const sizes = ["B", "kB", "MB", "GB", "TB"] as const;

/** Decimal units, as downloads show them: 29100000 → "29.1 MB". */
export const bytesText = (bytes: number): string => {
  const power = sizePower(bytes);
  return `${inPower(bytes, power)} ${sizes[power]}`;
};

/** "12.3 of 29.1 MB": both in the unit of the larger one. */
export const bytesOfText = (done: number, total: number): string => {
  const power = sizePower(total);
  return `${inPower(done, power)} of ${inPower(total, power)} ${sizes[power]}`;
};

const sizePower = (bytes: number): number =>
  bytes < 1000 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(bytes) / 3));

const inPower = (bytes: number, power: number): string => {
  const value = bytes / 1000 ** power;
  return power === 0 || value >= 100 ? countText(value) : value.toFixed(1);
};

/** A range whose ends are this many times apart helps nobody. */
const uselessTimes = 5;
/** Above this the ends of a range matter however far apart they are in proportion. */
const soonMs = 10_000;

type Told = Pick<TimeLeft, "p10Ms" | "p50Ms" | "p90Ms" | "runs"> & Partial<Pick<TimeLeft, "because">>;

/** "about 3 min left (2–5 min in four of five runs like this)". */
export const timeLeftText = (told: Told): string => {
  const [middle, range] = usualText(told);
  return middle === null ? `${range} left` : `${middle} left (${range})`;
};

/** The middle, and the range with what it promises; of a few seconds the range says it all, and a useless one gives way to its reason. */
export const usualText = ({
  p10Ms,
  p50Ms,
  p90Ms,
  runs,
  because,
}: Told): [middle: string | null, range: string] => {
  if (p90Ms <= soonMs) return [null, intervalText(p10Ms, p90Ms)];
  const middle = aboutText(p50Ms);
  if (p90Ms > uselessTimes * Math.max(1, p10Ms))
    return [
      middle,
      runs < 2
        ? "there is one past run only"
        : because == null
          ? `the last ${plural(runs, "run")} differ widely`
          : `hard to tell from the last ${plural(runs, "run")}`,
    ];
  return [middle, `${intervalText(p10Ms, p90Ms)} in four of five runs like this`];
};

/** "about 40 s", "about 3 min", "about 1.5 h". */
const aboutText = (ms: number): string => {
  if (ms < 120_000) return `about ${Math.max(1, Math.round(ms / 1000))} s`;
  if (ms < 5_400_000) return `about ${Math.round(ms / 60_000)} min`;
  const [unitMs, unit] = ms < 172_800_000 ? [3_600_000, "h"] : [86_400_000, "d"];
  return `about ${(Math.round((10 * ms) / unitMs) / 10).toLocaleString("en-US")} ${unit}`;
};

/** "3–5 min", "less than 40 s". Whole minutes above two of them, whole seconds below: the past says no more than that. */
export const intervalText = (lowMs: number, highMs: number): string => {
  const [unitMs, unit] =
    highMs < 120_000
      ? [1000, "s"]
      : highMs < 5_400_000
        ? [60_000, "min"]
        : highMs < 172_800_000
          ? [3_600_000, "h"]
          : [86_400_000, "d"];
  const low = Math.floor(lowMs / unitMs);
  const high = Math.max(1, Math.ceil(highMs / unitMs));
  if (low === high) return `about ${high} ${unit}`;
  return low === 0 ? `less than ${high} ${unit}` : `${low}–${high} ${unit}`;
};

/**
 * "unpacked 42 % · 12.3 of 29.1 MB · 4.2 MB/s", or where the end is not known what was counted, as one reads it: "16 pages read, 64
 * known so far". `withShare`: not where a bar beside it counts what is half done too.
 */
export const progressText = (progress: Progress, withShare = true): string => {
  const { done, total, unit, perSecond, what } = progress;
  const amount =
    unit === "bytes"
      ? bytesText
      : (count: number) => (unit === "items" ? countText(count) : plural(count, "row"));
  const speed = perSecond !== null && perSecond > 0 ? ` · ${amount(perSecond)}/s` : "";
  // Nothing counted yet and no end known: the words say all there is.
  if (total === null) return `${done === 0 ? "" : `${amount(done)} `}${what}${speed}`;
  const share = withShare && total > 0 ? `${Math.min(100, Math.floor((100 * done) / total))} % · ` : "";
  const counted = unit === "bytes" ? bytesOfText(done, total) : `${countText(done)} of ${amount(total)}`;
  return `${what} ${share}${counted}${speed}`;
};

/** "2026-03-01 14:05:09 UTC"; static/live.js turns it into the reader's own time. */
export const dateText = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** "2026-03-01" in UTC; static/live.js turns it into the reader's own day. */
export const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** "14:05:09" in UTC, for lines of a log. */
export const clockText = (at: number): string => new Date(at).toISOString().slice(11, 19);

/**
 * What nobody sees, as a regular expression: controls but for those that part words, and the embeddings, overrides, isolates and marks
 * without width of the bidirectional algorithm (UAX #9).
 */
export const unseen = "(?![\\t\\n\\r])\\p{Cc}|[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]";
const everyUnseen = new RegExp(unseen, "gu");

/** Foreign text whose signs that turn what follows round, and controls, are seen instead of obeyed: "exe⟨U+202E⟩gpj". */
export const visibleText = (text: string): string =>
  text.replaceAll(
    everyUnseen,
    (sign) => `⟨U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );

/** "Export URLs · botify-org" cut at a word for titles of windows. */
export const shortText = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
