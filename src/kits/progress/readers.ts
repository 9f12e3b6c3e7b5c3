import { jsonIn } from "./json-line.ts";
import { byPattern, numberIn, type ProgressReader, percentDone, type Told } from "./reader.ts";

/**
 * Readers by name, each for what one program writes where nobody sits at a terminal; which flags it needs is said with it. None makes a
 * number up: where the program does not know the end, there is none.
 */

/** rsync --info=progress2 --no-inc-recursive: "    1,238,099  46%  146.38kB/s    0:00:08 (xfr#5, to-chk=169/396)". */
export const rsync = byPattern(/^\s*[\d,]+\s+(\d{1,3})%\s+\S+B\/s\s/, ([percent]) =>
  percentDone(numberIn(percent), "copied"),
);

/** restic backup --json: {"message_type":"status","percent_done":0.42,"total_bytes":…,"bytes_done":…}. */
export const restic: ProgressReader = {
  read: (line, before) => {
    const said = jsonIn(line);
    if (said?.message_type !== "status") return null;
    const { bytes_done: done = 0, total_bytes: total = 0 } = said as Record<string, number>;
    // While it still looks through the files the total grows: a share that goes back is none.
    const sure = total > 0 && (before?.total ?? total) === total;
    const told: Told = { done, total: sure ? total : null, what: "saved", unit: "bytes" };
    return {
      told: { ...told, ...(sure || total === 0 ? {} : { known: total }) },
      memory: total,
      line: "hidden",
    };
  },
};

/** borg create --progress --log-json counts bytes, without an end; borg extract and check tell a share. */
export const borg: ProgressReader = {
  read: (line) => {
    const said = jsonIn(line);
    if (said?.type === "archive_progress") {
      const { original_size: done } = said as Record<string, unknown>;
      if (typeof done !== "number") return { told: { done: 0, total: null, what: "saved" }, line: "hidden" };
      return { told: { done, total: null, what: "saved", unit: "bytes" }, line: "hidden" };
    }
    if (said?.type !== "progress_percent") return null;
    const { current, total, finished } = said as Record<string, unknown>;
    if (finished === true || typeof current !== "number" || typeof total !== "number" || total <= 0)
      return null;
    return { told: { done: current, total, what: "done" }, line: "hidden" };
  },
};

/** apt-get -o APT::Status-Fd=1: "dlstatus:1:20.5:…", then "pmstatus:pkg:42.8:…". Two shares of different things: only the second is one of the whole. */
export const apt = byPattern(/^(dl|pm)status:[^:]*:(\d{1,3}(?:\.\d+)?):/, ([phase, percent]) =>
  phase === "dl"
    ? { done: 0, total: null, what: `packages are fetched (${Math.floor(Number(percent))} %)` }
    : percentDone(Number(percent), "installed"),
);

/** curl with its table, or with -#. */
export const curl: ProgressReader = {
  read: (line, before) => {
    if (/^\s+% Total\s+% Received/.test(line) || /^\s+Dload\s+Upload/.test(line))
      return { told: before ?? { done: 0, total: null, what: "fetched" }, line: "hidden" };
    const row =
      /^\s*(\d{1,3})\s+[\d.]+[kMGTP]?\s+(\d{1,3})\s+[\d.]+[kMGTP]?\s+\d{1,3}\s+[\d.]+[kMGTP]?\s+/.exec(line);
    const bar = /^[=O# -]*\s(\d{1,3}\.\d)%$/.exec(line);
    if (row !== null) {
      const [, all, received] = row;
      // Without a length it says 100 % of nothing all the time, or 0.
      const [whole, percent] = [Number(all), Number(received)];
      return {
        told:
          percent > 0 || whole === 0
            ? percentDone(whole, "fetched")
            : { done: 0, total: null, what: "fetched" },
      };
    }
    return bar === null ? null : { told: percentDone(Number(bar[1]), "fetched") };
  },
};

/** wget as it is: "  1150K .......... .......... …  2% 33,1M 1s"; or --progress=bar:force:noscroll. */
export const wget = byPattern(/^\s*\d+[KMG](?:[ .,]+)\s(\d{1,3})%\s|\s(\d{1,3})%\[[=+> ]*\]/, ([row, bar]) =>
  percentDone(Number(row ?? bar), "fetched"),
);

/** dd status=progress: "1234567 bytes (1.2 MB, 1.2 MiB) copied, 1 s, 1.2 MB/s". It does not know the end: say it. */
export const dd = (totalBytes: number | null = null): ProgressReader =>
  byPattern(/^(\d+) bytes .*copied, /, ([done]) => ({
    done: Number(done),
    total: totalBytes,
    what: "copied",
    unit: "bytes",
  }));

/** pv -n: a number a line; pv -f: rows with a share. */
export const pv = byPattern(/^(\d{1,3})$|\s(\d{1,3})%(?:\s|$)/, ([number, share]) =>
  percentDone(Number(number ?? share), "passed through"),
);

/** ffmpeg -progress pipe:1 -nostats: "out_time_us=1234567"; how long the film is ffprobe tells beforehand. */
export const ffmpeg = (durationMs: number | null = null): ProgressReader => ({
  read: (line, before) => {
    const [, name, value = ""] = /^([a-z_0-9]+)=\s*(\S+)\s*$/.exec(line) ?? [];
    if (name === undefined || !ofFfmpeg.has(name.replace(/^stream_.*/, "stream"))) return null;
    const seconds = name === "out_time_us" && /^\d+$/.test(value) ? Math.floor(Number(value) / 1e6) : null;
    const total = durationMs === null ? null : Math.round(durationMs / 1_000);
    const told =
      seconds === null
        ? before
        : { done: total === null ? seconds : Math.min(seconds, total), total, what: "seconds made" };
    return { told: told ?? { done: 0, total: null, what: "seconds made" }, line: "hidden" };
  },
});
const ofFfmpeg: ReadonlySet<string> = new Set([
  ...["frame", "fps", "stream", "bitrate", "total_size", "out_time_us", "out_time_ms", "out_time"],
  ...["dup_frames", "drop_frames", "speed", "progress"],
]);

/** pg_dump -v: tables as they are dumped, of so many as a query told beforehand. */
export const pgDump = (tables: number | null = null): ProgressReader =>
  counted(/dumping contents of table/, tables, "tables dumped");

/** A share that a pattern's first group finds: percent(/^done: (\d+)%/). */
export const percent = (pattern: RegExp, what = "done"): ProgressReader =>
  byPattern(pattern, ([found]) => {
    const share = Number(found);
    return found !== undefined && Number.isFinite(share) && share >= 0 && share <= 100
      ? percentDone(share, what)
      : null;
  });

/** So many lines fit the pattern, of so many: counted(/^copied /, 12, "files"). The lines stay in the log. */
export const counted = (pattern: RegExp, total: number | null, what: string): ProgressReader =>
  byPattern(
    pattern,
    (_, before) => ({
      done: total === null ? (before?.done ?? 0) + 1 : Math.min(total, (before?.done ?? 0) + 1),
      total,
      what,
    }),
    { line: "ordinary" },
  );

/** How far it is as the size of a file that grows, whatever writes it. For jobs. */
export const bytesOf = (path: string, totalBytes: number | null = null) => ({ path, totalBytes });
