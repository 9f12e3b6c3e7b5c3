import { afterEach, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { type Form, textOf } from "#core/form.ts";
import { flow, openWorld, stepOf, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

/** A choice of what is offered now; the answer of before is what it stands on. */
const choice = (name: string, offered: () => readonly string[]) => ({
  form: ({ previous }: { previous?: unknown }): Form => ({
    fields: [
      {
        kind: "choice",
        name,
        label: name,
        options: offered().map((value) => ({ value, label: value })),
        value: offered().find((one) => one === previous) ?? offered()[0] ?? "",
      },
    ],
    submit: "ok",
  }),
  read: (values: Record<string, string | readonly string[]>) => {
    const chosen = textOf(values, name);
    if (!offered().includes(chosen)) throw new AppError("bad-answer", `No “${chosen}”.`, { field: name });
    return chosen;
  },
  detail: (answer: string) => answer,
});

test("run again takes the answers that hold, and asks where one does not, saying which it was", async () => {
  let sizes = ["small", "large"];
  const made: unknown[] = [];
  const holdsAgain = (now: string, then: string) => now === then;
  world = await openWorld([
    flow()
      .ask("colour", "Colour?", { ...choice("colour", () => ["red", "blue"]), holdsAgain })
      .ask("size", "Size?", { ...choice("size", () => sizes), holdsAgain })
      .do("make", "Make", { run: async ({ results }) => void made.push({ ...results }) })
      .hands(() => ({ sentence: "" })),
  ]);
  const first = await world.start();
  await world.until(first, "asking");
  await world.engine.answer(first, "colour", { colour: "blue" }, "Ada");
  await world.when(first, (at) => stepOf(at, "size").state === "asking");
  await world.engine.answer(first, "size", { size: "large" }, "Ada");
  await world.until(first, "completed");

  const same = await world.engine.clone(first, "Bo");
  const over = await world.until(same.runId, "completed");
  expect(made).toEqual([
    { colour: "blue", size: "large" },
    { colour: "blue", size: "large" },
  ]);
  expect(stepOf(over, "size").detail).toBe("large, as in the run before");

  sizes = ["small", "huge"];
  // An answer that was taken over is as good as one that was given.
  const other = await world.engine.clone(same.runId, "Bo");
  const asks = await world.until(other.runId, "asking");
  expect(stepOf(asks, "colour")).toMatchObject({ state: "completed", result: "blue" });
  expect(JSON.stringify(stepOf(asks, "size").form)).toContain("The run before was answered “large”");
  await world.engine.answer(other.runId, "size", { size: "huge" }, "Bo");
  await world.until(other.runId, "completed");
});

test("run again asks what no author said may go unasked, and what only a person may say", async () => {
  const holdsAgain = () => true;
  world = await openWorld([
    flow()
      .ask("plain", "Plain?", { ...choice("plain", () => ["a", "b"]) })
      .ask("person", "Person?", { ...choice("person", () => ["a", "b"]), holdsAgain, personOnly: true })
      .approve("go", "Go?", { about: () => ({ what: "Go.", risk: "high", impact: [] }) })
      .hands(() => ({ sentence: "" })),
  ]);
  const answers = async (id: string) => {
    await world.when(id, (at) => stepOf(at, "plain").state === "asking");
    const drawn = stepOf(await world.run(id), "plain").form?.fields;
    await world.engine.answer(id, "plain", { plain: "b" }, "Ada");
    await world.when(id, (at) => stepOf(at, "person").state === "asking");
    await world.engine.answer(id, "person", { person: "b" }, "Ada");
    await world.when(id, (at) => stepOf(at, "go").state === "asking");
    await world.engine.answer(id, "go", {}, "Ada", { press: "approve" });
    await world.until(id, "completed");
    return drawn;
  };
  const first = await world.start();
  expect(await answers(first)).toMatchObject([{ value: "a" }]);
  // It is asked, with the answer of before filled in.
  expect(await answers((await world.engine.clone(first, "Ada")).runId)).toMatchObject([{ value: "b" }]);
});

test("once a repeated run has gone back, or was started over, its questions are a person's again", async () => {
  const holdsAgain = () => true;
  world = await openWorld([
    flow()
      .ask("one", "One?", { ...choice("one", () => ["a", "b"]), holdsAgain })
      .ask("two", "Two?", { ...choice("two", () => ["a", "b"]), holdsAgain })
      .hands(() => ({ sentence: "" })),
  ]);
  const first = await world.start();
  await world.until(first, "asking");
  await world.engine.answer(first, "one", { one: "b" }, "Ada");
  await world.when(first, (at) => stepOf(at, "two").state === "asking");
  await world.engine.answer(first, "two", { two: "b" }, "Ada");
  await world.until(first, "completed");
  const { runId } = await world.engine.clone(first, "Ada");
  await world.until(runId, "completed");
  await world.engine.rewind(runId, "one", "Ada");
  await world.until(runId, "asking");
  await world.engine.answer(runId, "one", { one: "a" }, "Ada");
  const asks = await world.when(runId, (at) => stepOf(at, "two").state === "asking");
  expect(stepOf(asks, "one").result).toBe("a");
  const anew = await world.engine.startOver(first, "Ada");
  expect(stepOf(await world.until(anew.runId, "asking"), "one").state).toBe("asking");
});
