import fc from "fast-check";
import { expect, it } from "vitest";
import { asShown, createScreen } from "#core/screen.ts";

const shown = (...pieces: readonly string[]): string[] => {
  const screen = createScreen();
  for (const piece of pieces) screen.write(piece);
  screen.end();
  return screen.take();
};

it("keeps of a bar its last state", () => {
  expect(shown("39.5 % ETA 00:16\r", "99.9 % ETA 00:01\r", "100.0% ETA 00:00\n", "done\n")).toEqual([
    "100.0% ETA 00:00",
    "done",
  ]);
  expect(shown("fetch |\b/\b-\b\u001b[Kdone\n")).toEqual(["fetch done"]);
  expect(shown("\rlong words here\r\u001b[2Kshort\n", "1234567890\rab\n")).toEqual(["short", "ab34567890"]);
});

it("keeps of bars in several lines their last states, wherever the program's output is cut", () => {
  const frame = (share: number) => `\u001b[2Ka ${share} %\n\u001b[2Kb ${share} %\n`;
  const all = `pulling\n${frame(0)}\u001b[2A${frame(50)}\u001b[2A${frame(100)}end\n`;
  const rowByRow = "x\ny\n\u001b[2A\r\u001b[2Kx done\r\u001b[2B\u001b[1A\r\u001b[2Ky done\r\u001b[1Bz\n";
  expect(shown(rowByRow)).toEqual(["x done", "y done", "z"]);
  fc.assert(
    fc.property(fc.array(fc.nat(all.length), { maxLength: 6 }), (cuts) => {
      const ends = [0, ...cuts.sort((a, b) => a - b), all.length];
      const pieces = ends.slice(1).map((to, index) => all.slice(ends[index], to));
      expect(shown(...pieces)).toEqual(["pulling", "a 100 %", "b 100 %", "end"]);
    }),
  );
});

it("hands out what has ended, shows what has not, and holds what the program goes back to", () => {
  const screen = createScreen();
  screen.write("one\ntw");
  expect([screen.take(), screen.open()]).toEqual([["one"], ["tw"]]);
  screen.write("o\nthree\n\u001b[2AT");
  expect([screen.take(), screen.open()]).toEqual([[], ["Two", "three"]]);
  screen.settle();
  expect([screen.take(), screen.open()]).toEqual([["Two", "three"], []]);
});

it("leaves out what a program draws elsewhere on its screen before it comes back, and nothing else", () => {
  const bar = (percent: number) =>
    `\u001b7\u001b[24;0f\u001b[42mProgress: [${percent}%]\u001b[49m [##..]\u001b8`;
  expect(shown(`${bar(10)}Unpacking foo\n${bar(50)}Setting up foo\nDone\n`)).toEqual([
    "Unpacking foo",
    "Setting up foo",
    "Done",
  ]);
  expect(shown("\u001b7\u001b[24;0fnever back\nafter\n", "\u001b7x\u001b[9;1Hthere")).toEqual([
    "never back",
    "after",
    "xthere",
  ]);
});

it("keeps colours where something is written over, and drops what means nothing in a log", () => {
  expect(shown("\u001b[31mred\u001b[0m\rR\n")).toEqual(["R\u001b[31med\u001b[0m"]);
  expect(
    shown("a\u001b]0;title\u0007b\u001b]8;;https://x.example\u001b\\c\u001b(Bd\u0000\u0007e\u001b[31"),
  ).toEqual(["abcde"]);
});

it("loses nothing of a line of any length, and costs no more than its length", () => {
  const long = "é".repeat(3 * 1024 * 1024);
  expect(shown(`${long}\n`, "next\n").join("")).toBe(`${long}next`);
  const screen = createScreen();
  screen.write("\u001b[1000C".repeat(10_000));
  screen.write("\u001b[1000B\u001b[1000A\u001b[9999999999Gx\n");
  expect(screen.take().every((line) => line.length < 5_000)).toBe(true);
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is checked.
const styles = /\u001b\[[\d;:]*m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is checked.
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

it("never throws, and gives text without control characters but for its styles, whatever comes", () => {
  const signs = [
    "\u001b",
    "[",
    "A",
    "2",
    "K",
    "m",
    ";",
    "\r",
    "\n",
    "\b",
    "\u009b",
    "]",
    "x",
    "😀",
    "H",
    "J",
    "u",
    "s",
  ];
  const piece = fc.array(fc.constantFrom(...signs), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      for (const line of shown(...pieces.map((one) => one.join(""))))
        expect(line.replace(styles, "")).not.toMatch(controls);
    }),
  );
});

it("keeps what a program said at its end as it looked, without colours", () => {
  expect(asShown("Progress 1%\rProgress 99%\r\u001b[K\u001b[31mfatal:\u001b[0m gone\r\nwas\there")).toBe(
    "fatal: gone\nwas\there",
  );
});
