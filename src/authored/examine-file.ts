import { setImmediate as nextTurn } from "node:timers/promises";
import type { Fault } from "#core/authored.ts";
import { isWorkflow } from "#core/workflow-shape.ts";
import type { Examined } from "./examine.ts";
import type { Loader } from "./loader.ts";
import { lineOf, placeOf } from "./place.ts";

/** Between looks whether anything is still to come of a file. */
const lookEveryMs = 150;
/** Shorter than what it is given by whoever started this process, so that it is told from here, with a line, where that is possible. */
const longestMs = 9_500;

/** Loads a file and says what came of it. `floating` has what is thrown meanwhile where nobody waits for it. */
export const examineFile = async (
  loader: Loader,
  folder: string,
  file: string,
  floating: unknown[],
): Promise<Examined> => {
  floating.length = 0;
  const fault = (sentence: string, line: number | null, where = file): Examined => ({
    kind: "fault",
    file,
    fault: { file: where, line, sentence },
  });
  const unended = watchAwaits();
  try {
    const module = await Promise.race([loader.load(file), unended.seen]);
    const texts = loader.textsOf(file);
    const text = texts[file] ?? "";
    if (typeof module === "string") {
      const [where = file, awaits = ""] =
        Object.entries(texts).find(([, one]) => topLevelAwait.test(one)) ?? [];
      return fault(module, lineOf(awaits, topLevelAwait), where);
    }
    // A promise that nobody waits for is told of only after those that somebody does.
    await nextTurn();
    const { default: made } = module as { default?: unknown };
    const line = lineOf(text, /^export\s+default\b/m) ?? lineOf(text, /\bas\s+default\b/);
    if (made === undefined) return fault("It has no default export: write “export default workflow(…)”.", 1);
    if (!isWorkflow(made))
      return fault(
        "Its default export is no workflow: begin it with workflow(…) and end it with .hands(…).",
        line,
      );
    return {
      kind: "good",
      file,
      id: made.id,
      title: made.title,
      texts,
      warnings: warningsOf(folder, file, floating),
    };
  } catch (thrown) {
    const place = placeOf(thrown, folder);
    return fault(sentenceOf(thrown, folder), place?.line ?? null, place?.file);
  } finally {
    unended.stop();
  }
};

/** Column 0, because Milepost knows no more of a text than its lines. */
const topLevelAwait = /^(?![ \t/*]).*\bawait\b/m;

/** Sees that a file does not come to its end, and says how: nothing is under way any more that could end what it awaits, or it takes too long. */
const watchAwaits = () => {
  const { promise: seen, resolve } = Promise.withResolvers<string>();
  let quiet = 0;
  const began = performance.now();
  const timer = setInterval(() => {
    quiet = process.getActiveResourcesInfo().length <= usual ? quiet + 1 : 0;
    if (quiet === 3) resolve("Its top-level await waits for something that never comes.");
    if (performance.now() - began > longestMs) resolve("It did not finish loading within 10 s.");
  }, lookEveryMs);
  const usual = process.getActiveResourcesInfo().length;
  return { seen, stop: () => clearInterval(timer) };
};

const warningsOf = (folder: string, file: string, floating: readonly unknown[]): Fault[] =>
  floating.map((reason) => ({
    ...(placeOf(reason, folder) ?? { file, line: null }),
    sentence: `A promise that nobody waits for was rejected: ${sentenceOf(reason, folder)}`,
  }));

/** In one line, and without the folder, which its author knows. */
const sentenceOf = (thrown: unknown, folder: string): string => {
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  const [line = ""] = words.replaceAll(`${folder}/`, "").replaceAll("file://", "").trim().split("\n");
  return /[.!?…]$/.test(line) ? line : `${line}.`;
};
