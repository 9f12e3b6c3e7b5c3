import type { RunState } from "#core/states.ts";

/** A kind of run: its file in the folder of people's own workflows, and how each of its runs has to end. */
export interface Kind {
  id: string;
  file: string;
  text: string;
  ends: RunState;
}

const claim = `safeBecause: "It only counts."`;
const act = (id: string, verb = "do") =>
  `.do("${id}", "${id}", { ${claim}, run: ({ key, signal }) => tell("${verb}", key, signal) })`;
/** What it was answered is both its result and a line of its log, so that it is seen whose answer was recorded. */
const held = `.do("held", "Held", {
    ${claim},
    run: async ({ key, signal, log }) => {
      const serial = await tell("hold", key, signal);
      log(\`answer \${serial} came\`);
      return serial;
    },
  })`;
const job = `.wait("job", "Job", {
    ...{ everyMs: 200, timeoutMs: 900_000 },
    look: async ({ look }) => (look < 3 ? { waiting: "busy" } : { done: "ready" }),
  })`;

const made = (origin: string, id: string, ends: RunState, steps: string, before = ""): Kind => ({
  ...{ id, ends, file: `${id}.ts` },
  text: `
import { AppError, item, question, start, text, workflow } from "milepost";

const tell = async (what: string, key: string, signal: AbortSignal): Promise<string> => {
  const answer = await fetch(\`${origin}/\${what}?key=\${encodeURIComponent(key)}&pid=\${process.pid}\`, { signal });
  return answer.text();
};
${before}
export default workflow("${id}", "${id}", "For tests.", start({ subject: () => "" }))
  ${steps}
  .hands(() => ({ sentence: "Done." }));
`,
});

/** One of each kind; all that they do elsewhere is done at that origin, but what the script does: it adds a line to the file that it is told. */
export const kinds = (origin: string): readonly Kind[] => [
  made(
    ...([origin, "asks", "completed"] as const),
    `${act("one")}${job}
  .ask("word", "Word", question({ fields: [text("word", "Word")], submit: "Answer" }))
  ${act("two")}`,
  ),
  made(origin, "holds", "completed", `${act("first")}${held}${act("last")}`),
  made(
    ...([origin, "looks", "completed"] as const),
    `.do("make", "Make", {
    run: async ({ key, signal }) => ({ serial: await tell("hold", key, signal) }),
    whenInterrupted: async ({ key, signal }) =>
      (await tell("made", key, signal)) === "true"
        ? { happened: true, result: { serial: "0" }, checked: "whether it is there" }
        : { happened: false, checked: "whether it is there" },
  })${act("last")}`,
  ),
  made(
    ...([origin, "claims-nothing", "completed"] as const),
    `.do("only", "Only", { run: ({ key, signal }) => tell("hold", key, signal) })
  .approve("agree", "Go on?", { about: () => ({ what: "It goes on.", risk: "low", impact: [] }) })
  ${act("last")}`,
  ),
  made(
    ...([origin, "fans-out", "completed"] as const),
    `.each("items", "Items", {
    flow: one,
    of: () => ["a", "b", "c", "d"].map((key) => ({ key, input: key })),
    atOnce: 2,
  })${act("last")}`,
    `const one = workflow("one", "One", "For tests.", item<string>())${act("first")}${act("second", "hold")}
  .hands(() => ({ sentence: "Done." }));`,
  ),
  made(
    ...([origin, "stumbles", "completed"] as const),
    `.do("first", "First", {
    ${claim},
    run: async ({ key, signal, attempt }) => {
      const serial = await tell("do", key, signal);
      if (attempt < 3) throw new AppError("unreachable", "It stumbles.");
      return serial;
    },
  })${act("last")}`,
  ),
  made(
    ...([origin, "fails", "failed"] as const),
    `${act("first")}
  .do("breaks", "Breaks", {
    ${claim},
    run: async ({ key, signal }) => {
      await tell("do", key, signal);
      throw new AppError("remote-refused", "It was refused.");
    },
  })`,
  ),
  made(
    origin,
    "cancelled",
    "cancelled",
    `${act("first")}
  .wait("never", "Never", {
    ...{ everyMs: 500, timeoutMs: 86_400_000 },
    look: async () => ({ waiting: "for ever" }),
  })`,
  ),
  made(
    ...([origin, "paused", "completed"] as const),
    `${act("first")}${job}.ask("word", "Word", question({ fields: [text("word", "Word")], submit: "Answer" }))${act("last")}`,
  ),
  made(
    ...([origin, "undone", "undone"] as const),
    `.do("make", "Make", {
    ${claim},
    run: ({ key, signal }) => tell("do", key, signal),
    undo: async ({ key, signal }) => void (await tell("do", \`undo \${key}\`, signal)),
  })${act("last")}`,
  ),
  {
    ...{ id: "script", file: "script.sh", ends: "completed" },
    text: `#!/bin/sh
# milepost: Script
# about: For tests.
# on: this machine
# ask: file text "File"
# ask: mark text "Mark"
# again: A line too many does no harm.
sleep 2
echo "$mark" >> "$file"
`,
  },
];
