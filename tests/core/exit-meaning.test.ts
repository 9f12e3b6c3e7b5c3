import { execFileSync } from "node:child_process";
import { constants } from "node:os";
import { expect, test } from "vitest";
import { exitMeaning } from "#core/exit-meaning.ts";

test("a code tells the signal that a shell means by it, as this machine counts them, and when that one comes", () => {
  const told = Object.entries(constants.signals).flatMap(([name, number]) => {
    const words = exitMeaning({ code: 128 + number, signal: null });
    // Linux has a second name for ABRT.
    if (words === "" || name === "SIGIOT") return [];
    expect(words).toMatch(new RegExp(`^: killed \\(${name}\\), as when `));
    expect([
      exitMeaning({ code: null, signal: name }),
      exitMeaning({ code: null, signal: name.slice(3) }),
    ]).toEqual([words, words]);
    return [name];
  });
  expect(told).toEqual(
    expect.arrayContaining(["SIGKILL", "SIGTERM", "SIGSEGV", "SIGHUP", "SIGPIPE", "SIGXFSZ"]),
  );
  expect(exitMeaning({ code: 137, signal: null })).toBe(": killed (SIGKILL), as when memory runs out");
});

test.each([
  ["kill -9 $$", "killed (SIGKILL)"],
  ["kill -SEGV $$", "killed (SIGSEGV)"],
  ["no-such-command-here", "a command is not found"],
  ["/etc/passwd", "a command may not be run"],
  ["timeout 0.01 sleep 5", "timeout(1)"],
  ["exit 3", null],
  ["exit 200", null],
])("what a shell gives for “%s” is told by what it means", (script, meaning) => {
  let code: number | null = null;
  try {
    execFileSync("sh", ["-c", `sh -c '${script}'; exit $?`], { stdio: "ignore" });
  } catch (thrown) {
    ({ status: code } = thrown as { status: number });
  }
  const words = exitMeaning({ code, signal: null });
  if (meaning === null) expect(words).toBe("");
  else expect(words).toContain(meaning);
});
