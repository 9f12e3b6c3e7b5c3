import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scriptWorkflow } from "#kits/script/script-workflow.ts";
import { setting } from "#kits/variables.ts";
import { flow, openWorld, type World } from "../engine/world.ts";
import { openHosts } from "./hosts.ts";

/** Texts that would make the file if any shell ever read them as its own text. */
const hostile = (marker: string): string[] => [
  `$(touch ${marker})`,
  `\`touch ${marker}\``,
  `'; touch ${marker}; '`,
  `" ; touch ${marker} #`,
  `x && touch ${marker}`,
  `| touch ${marker}`,
  `-e ${marker}`,
  `'"'"$(touch ${marker})"'"'`,
  `\\'; touch ${marker} #`,
  `() { :;}; touch ${marker}`,
  `# whole`,
  "\\n%s%n$0$@",
];

const linesOf = async (world: World, id: string) =>
  (await world.store.logs(id, { after: 0, limit: 100 })).map(({ text }) => text);

const anyText = fc
  .string({ unit: "binary", maxLength: 60 })
  .filter((text) => !text.includes("\0") && text.isWellFormed());

test("any value reaches a script exactly as it is", () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 20, maxLength: 40 }), (values) => {
      const variables = Object.fromEntries(values.map((value, at) => [`v${at}`, value]));
      const script = values.map((_, at) => `printf '%s\\0' "$v${at}"`).join("; ");
      const said = execFileSync("sh", ["-c", 'eval "$(cat)"; exec "$@" </dev/null'], {
        input: setting(variables, ["sh", "-c", script]),
      });
      expect(said.toString("utf8").split("\0").slice(0, -1)).toEqual(values);
    }),
    { numRuns: 25 },
  );
});

test("what changes how a shell works, and what is no name at all, no script is given", () => {
  for (const name of [
    "PATH",
    "IFS",
    "ENV",
    "BASH_ENV",
    "LD_PRELOAD",
    "a b",
    "a;b",
    "a=b",
    "$(x)",
    "",
    "1a",
    "a\n",
  ])
    expect(() => setting({ [name]: "x" }, ["true"])).toThrow(expect.objectContaining({ code: "bad-input" }));
});

test("whatever is typed into the form of a script reaches it on its server as it was typed and is never run", async () => {
  const { hosts, kits, connections, folder } = await openHosts(["node1"]);
  const marker = join(folder, "was-run");
  const asks = `#!/bin/sh
# milepost: Try it
# on: server node1
# ask: one text "One" = nothing
# ask: two text "Two"
# ask: three text "Three"
# ask: size choice (small | large) "Size"
# ask: four number "Four" = 1
# check: test "$one$two$three" != ""

printf '<%s>\\n' "$one" "$two" "$three" "$size" "$four"
`;
  const world = await openWorld([scriptWorkflow("try-it.sh", asks, { connections, ...kits() })]);
  const texts = hostile(marker);
  for (let at = 0; at < texts.length; at += 3) {
    const [one = "", two = "", three = ""] = texts.slice(at, at + 3);
    const id = await world.start({ one, two, three, size: "small", four: "7" });
    const { run } = await world.until(id, "completed", "failed");
    expect([run.state, await linesOf(world, id)]).toEqual([
      "completed",
      [one, two, three, "small", "7"].map((typed) => `<${typed.trim()}>`),
    ]);
  }
  const given = { one: "a", two: "b", three: "c", size: "small", four: "1" };
  for (const odd of [{ size: "large; reboot" }, { four: "1; reboot" }, { one: "a\nb" }, { one: "a\0b" }])
    await expect(world.start({ ...given, ...odd })).rejects.toMatchObject({ code: "bad-input" });
  await world.close();
  expect(existsSync(marker)).toBe(false);
  expect(readdirSync(hosts.node1.home)).toEqual([".cache"]);
});

test("nothing of a script's header is run: not its title, its words, a label, a preset or what is chosen from", async () => {
  const { hosts, kits, connections, folder } = await openHosts(["node1"]);
  const marker = join(folder, "was-run");
  const quiet = (text: string) => text.replaceAll(/["()|\n]/g, "");
  for (const text of [`$(touch ${marker})`, `'; touch ${marker}; '`, `\`touch ${marker}\``]) {
    const header = `#!/bin/sh
# milepost: ${text}
# about: ${text}
# on: server node1
# again: ${text}
# ask: one text "${quiet(text)}" = ${text}
# ask: size choice (${quiet(text)} | large) "${quiet(text)}"

printf '<%s>\\n' "$one" "$size"
`;
    const world = await openWorld([scriptWorkflow("try-it.sh", header, { connections, ...kits() })]);
    const id = await world.start({ size: quiet(text) });
    const { run } = await world.until(id, "completed", "failed");
    expect([run.state, await linesOf(world, id)]).toEqual(["completed", [`<${text}>`, `<${quiet(text)}>`]]);
    await world.close();
  }
  expect(existsSync(marker)).toBe(false);
  expect(readdirSync(hosts.node1.home)).toEqual([".cache"]);
});

test("what a kit is handed in code is no shell text either: variables, secrets, the words of a shell, names of files", async () => {
  const { kits, folder } = await openHosts(["node1"]);
  const marker = join(folder, "was-run");
  const { shell, job } = kits();
  const texts = hostile(marker);
  const variables = Object.fromEntries(texts.map((text, at) => [`v${at}`, text]));
  const script = texts.map((_, at) => `printf '<%s>\\n' "$v${at}"`).join("; ");
  const options = {
    ...{ on: () => "node1", env: () => variables, script: `${script}; printf '<%s>\\n' "$hidden"` },
    secrets: { hidden: () => texts[0] ?? "" },
  };
  const world = await openWorld([
    flow()
      .do("shell", "Shell", shell<unknown, object>({ ...options, shell: ["sh", "-u"], readsOnly: true }))
      .wait(
        "job",
        "Job",
        job<unknown, object>({ ...options, progress: () => ({ path: texts[0] ?? "", totalBytes: 1 }) }),
      )
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.until(id, "completed", "failed");
  const expected = [...texts, texts[0]].map((text) => `<${text}>`);
  expect(await linesOf(world, id)).toEqual([...expected, ...expected]);
  await world.close();
  expect(existsSync(marker)).toBe(false);
});
