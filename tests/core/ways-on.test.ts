import { globSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { withWayOn } from "#core/way-on.ts";
import { flow, openWorld } from "../engine/world.ts";

/** Every `new AppError(…)` of the sources, as it is written. */
const errors = globSync("src/**/*.{ts,tsx}").flatMap((file) => {
  const source = readFileSync(file, "utf8");
  return [...source.matchAll(/new (?:AppError|FileGone|NetworkError)\(/g)].map(({ index }) => ({
    file: file.replaceAll("\\", "/"),
    text: source.slice(index, endOf(source, index)),
  }));
});

/** Behind the bracket that closes the call. */
function endOf(source: string, from: number): number {
  let depth = 0;
  for (let at = source.indexOf("(", from); at < source.length; at++) {
    if (source[at] === "(") depth++;
    else if (source[at] === ")" && --depth === 0) return at + 1;
  }
  return source.length;
}

const workflowOf = (file: string): string | null => /^src\/workflows\/([^/]+)\//.exec(file)?.[1] ?? null;
const stepsOf = (workflow: string): string[] =>
  [
    ...readFileSync(`src/workflows/${workflow}/workflow.ts`, "utf8").matchAll(
      /\.(?:do|ask|wait|approve)\(\s*"([^"]+)"/g,
    ),
  ].map(([, id = ""]) => id);

describe("what an error of a step recommends", () => {
  it("is found among hundreds of errors, so that the rules below mean something", () => {
    expect(errors.length).toBeGreaterThan(200);
    expect(errors.filter(({ text }) => text.includes("wayOn")).length).toBeGreaterThan(6);
  });

  it("is never written beside the button: going back and ordering anew are told by a way on alone", () => {
    // Of a question's own form: its sentence stands beside the question, with "Change this answer…" at those before.
    const ofForms = /"bad-answer"|"bad-input"/;
    const beside = errors.filter(
      ({ text }) =>
        !ofForms.test(text) &&
        /[Gg]o back|[Dd]ownload it again|[Ee]xport anew|[Oo]rder (it|the export) anew|[Ss]tart (a new|over)|[Pp]lan .{0,20} anew/.test(
          text.replace(/wayOn[\s\S]*$/, ""),
        ),
    );
    expect(beside).toEqual([]);
  });

  it("is trying again only where nothing else is recommended", () => {
    const both = errors.filter(
      ({ text }) => /\b[Tt]ry(ing)? (it |this )?(once more|again)/.test(text) && text.includes("wayOn"),
    );
    expect(both).toEqual([]);
  });

  it("is a step of its own workflow", () => {
    const targets = globSync("src/workflows/*/**/*.ts").flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\bback: "([^"]+)"/g)].map(([, id = ""]) => ({
        workflow: workflowOf(file.replaceAll("\\", "/")) ?? "",
        id,
      })),
    );
    expect(targets.length).toBeGreaterThan(5);
    for (const { workflow, id } of targets) expect(stepsOf(workflow), workflow).toContain(id);
  });
});

test("the words of the button are in the sentence, whatever is recommended", () => {
  const titleOf = (id: string) => (id === "ask" ? "Ask the way" : undefined);
  const back = withWayOn("It failed.", { back: "ask", why: "to choose another one" }, titleOf);
  expect(back).toEqual({
    message: "It failed. Go back to “Ask the way” to choose another one.",
    wayOn: { back: "ask", label: "Go back to “Ask the way”" },
  });
  const filled = { href: "/workflows/x?url=y", label: "Crawl y instead" };
  expect(withWayOn("No.", filled, titleOf)).toEqual({ message: "No. Crawl y instead.", wayOn: filled });
  // A run of another version may have no such step: nothing is recommended that cannot be pressed.
  expect(withWayOn("No.", { back: "gone", why: "" }, titleOf)).toEqual({ message: "No." });
});

test("going back where an error recommends it is allowed, and the run goes on from there", async () => {
  let broken = true;
  const way = flow()
    .do("order", "Order it", { safeBecause: "It counts.", run: async () => "ordered" })
    .do("fetch", "Fetch it", {
      safeBecause: "It reads.",
      run: async () => {
        if (broken)
          throw new AppError("remote-odd", "It is gone.", {
            wayOn: { back: "order", why: "to order it anew" },
          });
        return "there";
      },
    })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([way]);
  const id = await world.start();
  const { run } = await world.until(id, "failed", "completed");
  expect(run.error?.message).toBe("It is gone. Go back to “Order it” to order it anew.");
  const to = run.error?.wayOn !== undefined && "back" in run.error.wayOn ? run.error.wayOn.back : "";
  expect((await world.engine.picture(id)).steps.find((step) => step.id === to)?.mayRewind).toBe(true);
  broken = false;
  await world.engine.rewind(id, to, "Ada");
  expect((await world.until(id, "failed", "completed")).run.state).toBe("completed");
  await world.close();
});
