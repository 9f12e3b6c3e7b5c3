import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { command, quote } from "#connectors/ssh/quote.ts";

/** What `sh` makes of each quoted value. As a script in a file: a command line of its own has a length limit. */
const throughShell = (values: readonly string[]): string[] => {
  const dir = mkdtempSync(join(tmpdir(), "milepost-quote-"));
  try {
    const script = join(dir, "script");
    writeFileSync(script, values.map((value) => `printf '%s\\0' ${quote(value)}\n`).join(""));
    const out = execFileSync("sh", [script], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
    return out.split("\0").slice(0, -1);
  } finally {
    rmSync(dir, { recursive: true });
  }
};

const noNul = (value: string) => !value.includes("\0") && value.isWellFormed();
const anything = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }).filter(noNul),
  fc.string({ unit: fc.constantFrom(..."'\"\\$`!*?[]{}()<>|&;#~%^= \t\r\n-abé🦔"), maxLength: 40 }),
);

describe("quoting for a shell", () => {
  it("gives back any value exactly", () => {
    fc.assert(
      fc.property(fc.array(anything, { minLength: 50, maxLength: 50 }), (values) => {
        expect(throughShell(values)).toEqual(values);
      }),
      { numRuns: 20 },
    );
  });

  it("lets no value begin a second command", () => {
    fc.assert(
      fc.property(fc.array(anything, { minLength: 20, maxLength: 20 }), (values) => {
        const line = command(["printf", "%s\\0", ...values]);
        const out = execFileSync("sh", ["-c", line], { encoding: "utf8" });
        expect(out.split("\0").slice(0, -1)).toEqual(values);
      }),
      { numRuns: 20 },
    );
  });

  it("takes a program's name for a name, never for syntax or an assignment", () => {
    for (const word of ["if", "while", "A=b", "!", "{", "time"]) expect(command([word])).toBe(`'${word}'`);
  });

  it("leaves readable what needs no quotes", () => {
    expect(command(["mkdir", "-m", "700", "/home/me/.openclaw/workspace-mybot"])).toBe(
      "mkdir -m 700 /home/me/.openclaw/workspace-mybot",
    );
  });

  it.each(["a\0b", "\ud800"])("refuses what no argument can hold", (value) => {
    expect(() => quote(value)).toThrow(expect.objectContaining({ code: "bad-input" }));
  });
});
