import { afterEach, expect, test } from "vitest";
import { nothingSaid } from "#core/access.ts";
import type { Answerers } from "#core/answerers.ts";
import { text } from "#core/field-kinds.ts";
import type { Role } from "#core/people.ts";
import { question } from "#core/question.ts";
import { everything } from "#core/rights.ts";
import { permitsOf } from "#core/seen-by.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { rowsFor } from "#web/seen-rows.ts";
import { flow, openWorld, stepOf, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const person = (name: string, role: Role = "operator") => ({ id: name.toLowerCase(), name, role });
const [ann, bob, cleo] = [person("Ann"), person("Bob", "admin"), person("Cleo")];

const asked = async (who: Answerers, starter = "cleo") => {
  const did: string[] = [];
  const deleting = flow()
    .approve("ok", "Delete the table", {
      about: () => ({ what: "The table is deleted.", risk: "high", impact: [], who }),
    })
    .do("delete", "Delete", { run: async () => void did.push("deleted") })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([deleting]);
  const { runId } = await world.engine.start(deleting.id, {}, "Cleo", { starter });
  await world.until(runId, "asking");
  const answer = (one: typeof ann, values = {}, press?: string) =>
    world.engine.answer(runId, "ok", values, one.name, { person: one, channel: "API", press });
  return { runId, did, answer };
};
const forbidden = { code: "forbidden" };

test("only those whom an approval names, by name or by role, approve, modify or reject", async () => {
  const { runId, did, answer } = await asked({ people: ["Ann"], roles: ["admin"] });
  for (const press of [undefined, "approve", "reject"])
    await expect(answer(cleo, {}, press)).rejects.toMatchObject(forbidden);
  expect(did).toEqual([]);
  await answer(bob, { comment: "Backed up." });
  const done = await world.until(runId, "completed");
  const at = expect.any(Number);
  expect(stepOf(done, "ok").result).toEqual({
    by: "Bob",
    comment: "Backed up.",
    decisions: [{ by: "Bob", personId: "bob", at, channel: "API", comment: "Backed up." }],
  });
});

test("an approval names people by their ids too", async () => {
  const { runId, answer } = await asked({ people: ["ann"] });
  await expect(answer(bob)).rejects.toMatchObject(forbidden);
  await answer(ann);
  await world.until(runId, "completed");
});

test("nobody approves what they started where that is for somebody else, not even an admin, by name or with a token", async () => {
  const { answer, did, runId } = await asked({ notByStarter: true }, "bob");
  await expect(answer(bob)).rejects.toMatchObject(forbidden);
  await expect(answer({ ...bob, name: "nightly" })).rejects.toMatchObject(forbidden);
  await expect(world.engine.skip(runId, "ok", "Bob")).rejects.toMatchObject({ code: "not-allowed-now" });
  expect(did).toEqual([]);
  await answer(ann);
  await world.until(runId, "completed");
});

test("a line of a list says of each who looks whether they may answer, of an admin too", async () => {
  const { answer, runId } = await asked({ roles: ["operator"], atLeast: 2, notByStarter: true });
  const mayAnswer = async () => {
    const { rows } = await world.engine.runs({ limit: 10 });
    return [ann, bob, cleo].map((one) =>
      rowsFor({ person: one, scope: everything, access: nothingSaid }, rows).rows.map(
        ({ may }) => may.answer,
      ),
    );
  };
  expect((await mayAnswer()).flat()).toEqual([true, false, false]);
  await answer(ann);
  await world.until(runId, "asking");
  expect((await mayAnswer()).flat()).toEqual([false, false, false]);
});

test("nobody approves the input that they gave a run of somebody else either", async () => {
  const buying = workflow(
    "buying",
    "Buying",
    "For tests.",
    start({ fields: [text("what", "What", { required: true })], subject: ({ what }) => what }),
  )
    .approve("ok", "Buy it", {
      about: ({ input: { what } }) => ({ what, risk: "high", impact: [], who: { notByStarter: true } }),
    })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([buying]);
  const { engine } = world;
  const { runId } = await engine.start("buying", { what: "a nail" }, "Cleo", { starter: "cleo" });
  await world.until(runId, "asking");
  await engine.modify(runId, { what: "a house" }, "Bob", "bob");
  const again = await world.until(runId, "asking");
  expect(again.run.subject).toBe("a house");
  for (const one of [bob, cleo])
    await expect(engine.answer(runId, "ok", {}, one.name, { person: one })).rejects.toMatchObject(forbidden);
  const mayAnswer = async (one: typeof ann) => {
    const doer = { person: one, scope: everything, access: nothingSaid };
    return permitsOf(doer, await engine.picture(runId)).answer;
  };
  expect(await mayAnswer(bob)).toEqual([]);
  expect(await mayAnswer(ann)).toEqual(["ok"]);
  await engine.answer(runId, "ok", {}, "Ann", { person: ann });
  await world.until(runId, "completed");
});

test("nobody approves what they said themselves in answer to an earlier question, and who approved before may approve again", async () => {
  const who = { notByStarter: true };
  const about = () => ({ what: "It is bought.", risk: "high" as const, impact: [], who });
  const buying = flow()
    .ask("which", "Which one?", question({ fields: [text("which", "Which", { required: true })] }))
    .approve("ok", "Buy it", { about })
    .approve("sure", "Really", { about })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([buying]);
  const { engine } = world;
  const { runId } = await engine.start(buying.id, {}, "Cleo", { starter: "cleo" });
  await world.until(runId, "asking");
  await engine.answer(runId, "which", { which: "a house" }, "Bob", { person: bob });
  await world.until(runId, "asking");
  for (const one of [bob, cleo])
    await expect(engine.answer(runId, "ok", {}, one.name, { person: one })).rejects.toMatchObject(forbidden);
  await engine.answer(runId, "ok", {}, "Ann", { person: ann });
  await expect.poll(async () => (await engine.picture(runId)).steps[2]?.state).toBe("asking");
  await engine.answer(runId, "sure", {}, "Ann", { person: ann });
  await world.until(runId, "completed");
});

test("an approval of two goes on when two have agreed, each once, and tells who is missing until then", async () => {
  const { runId, did, answer } = await asked({ atLeast: 2 });
  await answer(ann, { comment: "Fine." });
  await expect(answer(ann)).rejects.toMatchObject(forbidden);
  expect(did).toEqual([]);
  expect(await world.store.run(runId)).toMatchObject({ run: { state: "asking" } });
  expect((await world.engine.picture(runId)).steps[0]?.detail).toBe("Ann agreed; 1 more to agree.");
  await answer(bob);
  const done = await world.until(runId, "completed");
  expect(stepOf(done, "ok")).toMatchObject({
    detail: "Approved by Ann: Fine.; Bob",
    result: { decisions: [{ by: "Ann" }, { by: "Bob" }] },
  });
});

test("of two who agree at the same time both count, and of three no more than two", async () => {
  const { runId, did, answer } = await asked({ atLeast: 2 });
  const all = await Promise.allSettled([ann, bob, cleo].map((one) => answer(one)));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  const done = await world.until(runId, "completed");
  expect((stepOf(done, "ok").result as { decisions: unknown[] }).decisions).toHaveLength(2);
  expect(did).toEqual(["deleted"]);
});

test("one who may answer rejects what others have agreed to", async () => {
  const { runId, did, answer } = await asked({ atLeast: 3 });
  await answer(ann);
  await answer(bob, { comment: "Not today." }, "reject");
  expect((await world.until(runId, "failed")).run.error?.message).toContain("Not today.");
  expect(did).toEqual([]);
});

test("a question says who may answer it as an approval does", async () => {
  const colour = flow()
    .ask("colour", "Which colour?", question({ fields: [], who: { people: ["Ann"] } }))
    .hands(() => ({ sentence: "" }));
  world = await openWorld([colour]);
  const { runId } = await world.engine.start(colour.id, {}, "Cleo");
  await world.until(runId, "asking");
  const answer = (one: typeof ann) => world.engine.answer(runId, "colour", {}, one.name, { person: one });
  await expect(answer(bob)).rejects.toMatchObject({ message: "This is for Ann to answer." });
  await answer(ann);
  await world.until(runId, "completed");
});

test("an approval of a risk that there is none of asks nobody, so it never passes for one of low risk", async () => {
  const odd = flow()
    .approve("ok", "Delete the table", {
      // As from a file without types, or from what somebody typed.
      about: () => ({ what: "The table is deleted.", risk: "High" as "high", impact: [] }),
    })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([odd]);
  const { runId } = await world.engine.start(odd.id, {}, "Cleo");
  const failed = await world.until(runId, "failed");
  expect(stepOf(failed, "ok").error?.message).toContain("low, medium or high, and not “High”");
});
