import { expect, test } from "vitest";
import { createKits } from "#kits/kits.ts";
import type { KitDeps } from "#kits/machine.ts";

// biome-ignore lint/suspicious/noExplicitAny: as they come from a file that no compiler has looked at.
const kits: any = createKits({} as KitDeps);

test.each([
  ["shell", { script: "true", env: {} }, "shell({ … }): `env` must be a function."],
  ["shell", { script: ["true"] }, "shell({ … }): `script` must be a text."],
  [
    "shell",
    { script: "true", safebecause: "It is." },
    "shell({ … }): there is no option `safebecause`. There are already,",
  ],
  [
    "shell",
    { script: "true", secrets: { key: "k" } },
    "`secrets` must be { … } with a function for each name.",
  ],
  ["shell", { script: "true", progress: "rsync" }, "`progress` must be one of the readers, such as `rsync`,"],
  [
    "job",
    { script: "true", limitMs: "6h" },
    "job({ … }): `limitMs` must be a number of milliseconds above 0.",
  ],
  ["request", { to: "http://shop.example" }, "request({ … }): `send` is missing."],
  ["until", { to: 5, look: () => ({}), done: () => 1 }, "until({ … }): `to` must be a text or a function."],
  ["copy", { from: "/a", to: () => ({ path: "b" }) }, "copy({ … }): `from` must be a function."],
  ["copy", undefined, "copy({ … }): its options must be { … }."],
])("%s says of %j what is wrong where it is written", (kit, options, says) => {
  expect(() => kits[kit](options)).toThrow(says);
});
