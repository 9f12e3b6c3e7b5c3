import { expect, test } from "vitest";
import { text } from "#core/field-kinds.ts";
import { question } from "#core/question.ts";
import { item } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { flow, openWorld } from "./world.ts";

const patient = "Ernestine Example";
const who = question({ fields: [text("patient", "Patient", { private: true, required: true })] });

test("what an item's private question was answered is blotted out of what the run above says of it", async () => {
  let handed: unknown;
  const ward = workflow("ward", "A ward", "For tests.", item<{ name: string }>())
    .ask("who", "Who is it?", who)
    .hands((_, { who: { patient } }) => ({ sentence: `${patient} is well.` }));
  const wards = flow()
    .each("wards", "Wards", {
      flow: ward,
      of: () => [{ key: "north", input: { name: "north" } }],
      // Not as one text, so that it has to be known before it is put together.
      gives: ({ who: { patient } }) => patient.split(" "),
    })
    .do("tell", "Tell", {
      run: async ({ results, log }) => {
        handed = results.wards;
        log(`it was ${results.wards[0]?.result?.join(" ")}`);
        return results.wards[0]?.result?.join(" ") ?? "";
      },
      detail: (name) => `of ${name}`,
    })
    .hands((_, { wards: [first] }) => ({ sentence: `${first?.result?.join(" ")} and all others are well.` }));
  const world = await openWorld([wards]);
  const id = await world.start();
  const asking = async () => (await world.engine.runs({ workflowId: "flow.wards", limit: 9 })).rows[0];
  await expect.poll(async () => (await asking())?.state).toBe("asking");
  await world.engine.answer((await asking())?.id ?? "", "who", { patient }, "Ada");
  const { run, steps } = await world.until(id, "completed", "failed");
  expect(run.error).toBe(null);
  expect(handed).toEqual([{ key: "north", title: "north", state: "completed", result: patient.split(" ") }]);
  expect(run.outcome?.sentence).toBe("••• and all others are well.");
  expect(steps[1]?.detail).toBe("of •••");
  const logs = await world.store.logs(id, { after: null, limit: 9 });
  expect(logs.map((line) => line.text)).toEqual(["it was •••"]);
  await world.close();
});

test("items that are called by what is private keep keys of their own, and each is found by its own", async () => {
  const people = ["Ada Lovelace", "Grace Hopper"];
  const visit = workflow("visit", "A visit", "For tests.", item<{ name: string }>())
    .do("go", "Go", {
      run: async ({ input }) => {
        throw new Error(`nobody is there: ${people.indexOf(input.name)}`);
      },
    })
    .hands(() => ({ sentence: "" }));
  const visits = flow()
    .ask(
      "who",
      "Who?",
      question({ fields: people.map((_, at) => text(`n${at}`, "Name", { private: true })) }),
    )
    .each("visits", "Visits", {
      flow: visit,
      of: ({ results: { who } }) => Object.values(who).map((name) => ({ key: name, input: { name } })),
      stopAfter: 9,
    })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([visits]);
  const id = await world.start();
  await world.until(id, "asking");
  await world.engine.answer(id, "who", { n0: people[0] ?? "", n1: people[1] ?? "" }, "Ada");
  await world.until(id, "failed");
  const { rows } = await world.engine.items(id, "visits");
  expect(rows.map(({ key, title }) => [key, title])).toEqual([
    ["••• 1", "•••"],
    ["••• 2", "•••"],
  ]);
  await world.engine.skipItem(id, "visits", "••• 2", "Ada");
  const after = await world.store.items.find(id, "visits", "••• 2");
  expect([after?.item.position, after?.item.state]).toEqual([1, "skipped"]);
  expect((await world.store.items.find(id, "visits", "••• 1"))?.item.state).toBe("failed");
  await world.close();
});
