import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOutput } from "#connectors/ssh/output.ts";

const marker = "milepost-0123456789abcdef:";

const read = (text: string, cuts: readonly number[] = [], maxBytes = 1_000_000) => {
  const lines: string[] = [];
  const pids: number[] = [];
  const output = createOutput({
    marker,
    maxBytes,
    onBegin: (pid) => pids.push(pid),
    onLine: (line) => lines.push(line),
  });
  const bytes = Buffer.from(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  ends.reduce((from, to) => {
    output.push(bytes.subarray(from, to));
    return to;
  }, 0);
  output.end();
  return {
    lines,
    pids,
    text: output.text(),
    noise: output.noise(),
    truncated: output.truncated(),
    odd: output.isOdd(),
  };
};

describe("a command's output", () => {
  it("is told from what the shell printed before, wherever the packets are cut", () => {
    const all = `Welcome to node1\nmotd without line feed${marker}4242\nfirst é🦔\r\nsecond\n\nlast`;
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
        expect(read(all, cuts)).toEqual({
          pids: [4242],
          noise: "Welcome to node1\nmotd without line feed",
          lines: ["first é🦔", "second", "", "last"],
          text: "first é🦔\r\nsecond\n\nlast",
          truncated: false,
          odd: false,
        });
      }),
    );
  });

  it("is all noise when the command never began", () => {
    const said = `This account is currently not available.\n${"x".repeat(5_000)}`;
    expect(read(said, [3, 700])).toMatchObject({ pids: [], lines: [], text: "", noise: said });
  });

  it.each([
    ["a process id that never ends", `${marker}1${"2".repeat(40)}`],
    ["something else than a process id", `${marker}x`],
    ["noise without end", "z".repeat(5 * 1024 * 1024)],
  ])("is not looked at any longer when it is %s", (_, text) => {
    const { odd, noise, pids } = read(text, [10, 90, 100_000]);
    expect({ odd, pids }).toEqual({ odd: true, pids: [] });
    expect(noise.length).toBeLessThanOrEqual(128 * 1024);
  });

  it("is cut at the limit between characters, while the lines go on", () => {
    const { text, lines, truncated } = read(`${marker}1\naé\nb\n`, [], 2);
    expect({ text, lines, truncated }).toEqual({ text: "a", lines: ["aé", "b"], truncated: true });
  });

  it("gives out an endless line in pieces and does not keep it in memory", () => {
    const mebibyte = 1024 * 1024;
    const endless = "y".repeat(2.5 * mebibyte);
    const { lines } = read(`${marker}1\n${endless}`, [17_000, 2 * mebibyte], 10);
    expect(lines.join("")).toBe(endless);
    expect(lines.every((line) => line.length <= mebibyte)).toBe(true);
  });

  it("gives a line that is written over as it is then, and ends it with the output", () => {
    const { lines } = read(`${marker}1\n10 %\r20 %\r`, [30, 36]);
    expect(lines).toEqual(["10 %\r", "20 %"]);
    expect(read(`${marker}1\n\r10 %\r20 %\ndone\n`, [32, 37]).lines.at(-1)).toBe("done");
  });

  it("gives a line that has not ended when nothing more comes for a moment, and whole when it has", async () => {
    const lines: string[] = [];
    const output = createOutput({
      marker,
      maxBytes: 100,
      onBegin: () => {},
      onLine: (line) => lines.push(line),
    });
    output.push(Buffer.from(`${marker}1\nCompiling `));
    await expect.poll(() => lines).toEqual(["Compiling \r"]);
    output.push(Buffer.from("done\n"));
    expect(lines).toEqual(["Compiling \r", "Compiling done"]);
  });
});
