import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { lookScript, readTable } from "#connectors/ssh/process-table.ts";
import { command } from "#connectors/ssh/quote.ts";
import { runScript } from "#connectors/ssh/script.ts";

/** As sshd hands a command to the shell that a user signs in with. */
const asLoginShell = (shell: string, line: string): string =>
  spawnSync(shell, ["-c", line], { encoding: "utf8", maxBuffer: 4 * 1024 * 1024 }).stdout;

const odd = [
  "a\\b",
  "\\\\n",
  "it's",
  "wow!",
  "!!",
  "two\nlines",
  "\r",
  "$HOME `id` $(id)",
  "%s %b \\0101",
  "ä🦔",
];
const tag = { step: "run/step", nonce: "0123456789abcdef", limitS: 60 };

// Root's shell is csh on FreeBSD, and fish is what many have chosen for themselves.
describe.each(["sh", "bash", "fish", "tcsh"])("behind a login shell that is %s", (shell) => {
  it("a command gets its words and its environment byte for byte", () => {
    const env = Object.fromEntries(odd.map((value, n) => [`ODD_${n}`, value]));
    const said = `${command(["printf", "%s|", ...odd])}\n${odd.map((_, n) => `printf '%s|' "$ODD_${n}"`).join("\n")}\n`;
    const [, ...parts] = asLoginShell(shell, runScript(said, "begun:", tag, env)).split("\n");
    expect(parts.join("\n").split("|")).toEqual([...odd, ...odd, ""]);
  });

  it("a long script with blocks and texts of its own runs as it was written", () => {
    const script = `for n in 1 2; do\n  if [ "$n" != 2 ]; then cat <<'END'\n${"x".repeat(60_000)}!\\\nEND\n  fi\ndone\n`;
    expect(asLoginShell(shell, runScript(script, "begun:", tag, {}))).toMatch(/^begun:\d+\nx{60000}!\\\n$/);
  });

  it("what runs there is told", () => {
    const look = lookScript("table:", { nonce: tag.nonce }, null);
    expect(readTable(asLoginShell(shell, look), "table:").processes.size).toBeGreaterThan(0);
  });
});
