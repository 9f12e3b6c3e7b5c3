import { expect, test } from "vitest";
import { ownWords } from "#views/run/own-words.ts";

const ended = "The script ended with code 1 on this machine.";

test.each([
  ["bye after it", "all is well\nERROR: disk is full: /dev/sda1\nbye", "ERROR: disk is full: /dev/sda1"],
  [
    "npm",
    "npm ERR! code ENOENT\nnpm ERR! enoent ENOENT: no such file or directory\nnpm ERR! \nnpm ERR! A complete log of this run can be found in:\nnpm ERR!     /root/.npm/_logs/x.log",
    "npm ERR! enoent ENOENT: no such file or directory",
  ],
  [
    "frames behind it",
    "\u001b[31;1mError:\u001b[0m cannot find module\n    at foo (bar.js:1)",
    "Error: cannot find module",
  ],
  ["a warning behind it", "fatal: real reason\nwarning: an error of another kind", "fatal: real reason"],
  [
    "a Python trace",
    'Traceback (most recent call last):\n  File "x.py", line 3\nValueError: bad word',
    "ValueError: bad word",
  ],
  ["data", '{"level":"error","msg":"quota exceeded","code":429}', "quota exceeded"],
  ["data that says nothing", '{"a":[1,2,3]}', null],
  ["a page", "<html><body><h1>502 Bad Gateway</h1></body></html>", "502 Bad Gateway"],
  ["no reason named", "one\nstopping here", "stopping here"],
  ["that nothing failed", "disk is almost full\n0 errors", "disk is almost full"],
  [
    "Docker's time, and words that only begin like a code",
    "2026-11-30T06:28:28.056Z cannot read the configuration\n2026-11-30T06:28:28.062Z every container ended\n2026-11-30T06:28:28.154Z listening",
    "cannot read the configuration",
  ],
  ["nothing", null, null],
])("of what a command said the line that names the reason is the headline: %s", (_, detail, words) => {
  expect(ownWords({ message: ended, detail })).toBe(words);
});

test("what was killed is headed by that, unless it named a reason itself", () => {
  const message = "The script ended with code 137 on node1: killed (SIGKILL), as when memory runs out.";
  expect(ownWords({ message, detail: "loading 40%\nKilled" })).toBe(
    "killed (SIGKILL), as when memory runs out",
  );
  expect(ownWords({ message, detail: "FATAL ERROR: heap out of memory\nloading" })).toBe(
    "FATAL ERROR: heap out of memory",
  );
});

test("what the sentence quotes comes first, and what was thrown where nothing was said", () => {
  expect(ownWords({ message: "It said: “the gate is shut”.", detail: "the gate is shut\nError: 7" })).toBe(
    "the gate is shut",
  );
  expect(
    ownWords({
      message: "“Make it”: its function “run” threw TypeError: x is not a function.",
      detail: null,
    }),
  ).toBe("x is not a function.");
});
