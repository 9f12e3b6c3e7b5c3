import { expect, test } from "vitest";
import { byItself } from "#kits/progress/by-itself.ts";
import { createLines, noLines } from "#kits/progress/lines.ts";
import type { ProgressReader, Told } from "#kits/progress/reader.ts";
import {
  apt,
  borg,
  counted,
  curl,
  dd,
  ffmpeg,
  percent,
  pgDump,
  pv,
  restic,
  rsync,
  wget,
} from "#kits/progress/readers.ts";

/** All that a reader tells of what a program wrote, and what of it comes into the log within one second. */
const follow = (
  reader: ProgressReader,
  written: string,
  { atMs = () => 0 }: { atMs?: (line: number) => number } = {},
) => {
  const log: string[] = [];
  const told: Told[] = [];
  let line = 0;
  const lines = createLines({
    ...{ reader, log: (text: string) => log.push(text), now: () => 1_000_000 + atMs(line) },
    ...{ rowEveryMs: 1_000, live: false },
  });
  for (const [whole, text = "", end] of written.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)) {
    line++;
    const one = whole === "" ? null : lines.line(text, { over: end === "\r" });
    if (one !== null) told.push(one);
  }
  lines.end();
  return { told, log };
};
const shares = (told: readonly Told[]) =>
  told.map(({ done, total }) => (total === null ? null : done / total));

const rsyncSaid =
  "\r              0   0%    0.00kB/s    0:00:00 (xfr#0, to-chk=3/5)\r         32,768  31%  123.11MB/s    0:00:00 (xfr#1, to-chk=2/5)\r        104,857 100%   99.99MB/s    0:00:00 (xfr#3, to-chk=0/5)\n";
const curlSaid =
  "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\r 38 40.0M   38 15.3M    0     0  15.2M      0  0:00:02  0:00:01  0:00:01 15.2M\r100 40.0M  100 40.0M    0     0  24.1M      0  0:00:01  0:00:01 --:--:-- 24.1M\n";
const wgetRow = (at: number, of: number) =>
  `${String(at * 50).padStart(6)}K .......... .......... .......... .......... .......... ${String(Math.floor((100 * (at + 1)) / of)).padStart(2)}% 33.1M 1s`;
const wgetSaid = (rows: number) =>
  [
    "--2026-01-01--  http://x/f",
    ...Array.from({ length: rows }, (_, at) => wgetRow(at, rows)),
    "",
    "saved",
  ].join("\n");
const resticSaid = [
  '{"message_type":"status","percent_done":0,"total_files":1,"total_bytes":100}',
  '{"message_type":"status","percent_done":0.1,"total_files":3,"total_bytes":400,"bytes_done":40}',
  '{"message_type":"status","percent_done":0.5,"total_files":3,"total_bytes":400,"bytes_done":200}',
  '{"message_type":"summary","files_new":3}',
].join("\n");
const aptSaid = [
  "dlstatus:1:0:Retrieving file 1 of 2",
  "dlstatus:2:71.5:Retrieving file 2 of 2",
  "(Reading database ... 5%\r(Reading database ... 100%\r(Reading database ... 12345 files)",
  "pmstatus:vim:20:Unpacking vim",
  "pmstatus:vim:100:Installed vim",
].join("\n");

test.each<[string, ProgressReader, string, (number | null)[]]>([
  ["rsync", rsync, rsyncSaid, [0, 0.31, 1]],
  ["restic, while its total still grows", restic, resticSaid, [0, null, 0.5]],
  [
    "borg create, which knows no end",
    borg,
    '{"type":"archive_progress","original_size":100,"nfiles":1}\n{"type":"archive_progress","finished":true}\n',
    [null, null],
  ],
  [
    "borg extract",
    borg,
    '{"type":"progress_percent","current":1,"total":4,"finished":false}\n{"type":"progress_percent","finished":true}\n',
    [0.25],
  ],
  ["apt, whose two phases are two things", apt, aptSaid, [null, null, 0.2, 1]],
  ["curl's table", curl, curlSaid, [null, null, 0, 0.38, 1]],
  [
    "curl's bar",
    curl,
    "##                         3.4%\r########  50.0%\r######## 100.0%\n",
    [0.034, 0.5, 1],
  ],
  ["wget's rows", wget, wgetSaid(4), [0.25, 0.5, 0.75, 1]],
  [
    "wget's bar",
    wget,
    "f.bin   12%[==>        ]   4.80M  9.6MB/s\rf.bin  100%[==========>]  40.0M\n",
    [0.12, 1],
  ],
  [
    "dd, told how much",
    dd(200),
    "100 bytes (100 B) copied, 1 s, 100 B/s\r200 bytes (200 B) copied, 2 s, 100 B/s\n",
    [0.5, 1],
  ],
  ["dd, not told", dd(), "100 bytes (100 B) copied, 1 s, 100 B/s\r", [null]],
  ["pv -n", pv, "10\n55\n100\n", [0.1, 0.55, 1]],
  ["pv -f", pv, " 1.2MiB 0:00:01 [1.2MiB/s] [===>      ] 30% ETA 0:00:02\r", [0.3]],
  ["ffmpeg", ffmpeg(10_000), "frame=1\nout_time_us=5000000\nprogress=continue\n", [null, 0.5, 0.5]],
  [
    "pg_dump",
    pgDump(2),
    'pg_dump: dumping contents of table "a"\npg_dump: x\npg_dump: dumping contents of table "b"\n',
    [0.5, 1],
  ],
  [
    "a pattern's share",
    percent(/^done: (\d+)%/g),
    "done: 5%\ndone: 50%\nother 70%\ndone: 900%\n",
    [0.05, 0.5],
  ],
  ["what is counted", counted(/^copied /, 2, "files"), "copied a\nnot\ncopied b\ncopied c\n", [0.5, 1, 1]],
])("%s is read as what it says", (_, reader, written, expected) => {
  expect(shares(follow(reader, written).told)).toEqual(expected);
});

test("what names itself is read without being told of, and a number with a percent sign is not enough", () => {
  const last = (written: string) => follow(byItself, written).told.at(-1);
  expect(last(rsyncSaid)).toMatchObject({ done: 100, total: 100 });
  expect(last(curlSaid)).toMatchObject({ done: 100, total: 100 });
  expect(last(wgetSaid(3))).toMatchObject({ done: 100, total: 100 });
  expect(last(resticSaid)).toMatchObject({ done: 200, total: 400, unit: "bytes" });
  expect(last("::progress 3/10 files\n")).toMatchObject({ done: 3, total: 10, what: "files" });
  expect(last("::progress 3 pages\n")).toMatchObject({ done: 3, total: null, what: "pages" });
  expect(last('{"progress":0.42}\n')).toMatchObject({ done: 42, total: 100 });
  expect(last('{"xy":1,"progress":{"done":1,"total":3,"what":"hosts"}}\n')).toMatchObject({
    done: 1,
    total: 3,
  });
  for (const other of [
    "(Reading database ... 5%\r(Reading database ... 100%\r",
    "/dev/sda1  100G  93G  7G  93% /\n",
    "10\n20\n",
    " 38 40.0M   38 15.3M    0     0  15.2M      0  0:00:02  0:00:01  0:00:01 15.2M\n",
    '{"level":"info","msg":"50%"}\n{"progress":"half"}\n{"progress":7}\n',
    "::progress many\n::progress 1/2/3\n",
  ])
    expect(follow(byItself, other).told).toEqual([]);
});

test("a share that goes back is not told as one any more, and what a script says of itself holds against its programs", () => {
  const twice = follow(byItself, wgetSaid(3) + wgetSaid(3)).told;
  expect(shares(twice)).toEqual([33 / 100, 66 / 100, 1, null, null, null]);
  expect(twice.at(-1)?.what).toContain("cannot be told");
  expect(
    shares(follow(byItself, `::progress 1/4 hosts\n${wgetSaid(3)}\n::progress 2/4 hosts\n`).told),
  ).toEqual([0.25, 0.5]);
});

test("of 791 rows of progress one a second comes into the log, and the last; what else is said is all there", () => {
  const seconds = 20;
  const { log, told } = follow(byItself, wgetSaid(791), { atMs: (line) => (line * seconds * 1_000) / 791 });
  const rows = log.filter((line) => line.includes("....."));
  expect(told).toHaveLength(791);
  expect(rows.length).toBeLessThanOrEqual(seconds + 1);
  expect(rows.length).toBeGreaterThan(seconds / 2);
  expect(rows.at(-1)).toContain("100%");
  expect(log.filter((line) => !line.includes("....."))).toEqual(["--2026-01-01--  http://x/f", "", "saved"]);
});

test("what ends in two returns and a line feed, as behind some terminals, stays", () => {
  expect(follow(byItself, "one\r\r\ntwo\r\r\n\r\nthree\r\u0000\n").log).toEqual(["one", "two", "", "three"]);
});

test("reading goes on where it was left, as after a crash: the same is told and kept however it is cut", () => {
  const written = [...wgetSaid(40).split("\n"), ...resticSaid.split("\n")];
  const whole: string[] = [];
  const cut: string[] = [];
  const one = createLines({
    reader: byItself,
    log: (line) => whole.push(line),
    now: () => 5,
    rowEveryMs: 10,
    live: false,
  });
  let state = noLines;
  for (const line of written) {
    one.line(line);
    const other = createLines(
      { reader: byItself, log: (text) => cut.push(text), now: () => 5, rowEveryMs: 10, live: false },
      JSON.parse(JSON.stringify(state)),
    );
    other.line(line);
    state = other.state();
  }
  expect(state).toEqual(one.state());
  expect(cut).toEqual(whole);
});
