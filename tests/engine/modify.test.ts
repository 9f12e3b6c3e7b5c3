import { afterEach, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { secret, text } from "#core/field-kinds.ts";
import { GoBack } from "#core/go-back.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { openWorld, stepOf, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

interface Input {
  name: string;
  color: string;
}

/** Three steps: one rests on the name, one on the color and the secret, one on both. */
const painted = (
  did: string[],
  fails: { at: string | null } = { at: null },
  onFailure: "stop" | "undo" = "stop",
) => {
  const effect = (id: string) => ({
    run: async ({ input, secret }: { input: Input; secret: (name: "key") => string }) => {
      did.push(`${id} ${input.name} ${input.color} ${secret("key")}`);
      if (fails.at === id)
        throw new AppError("remote-refused", `${id} was refused: ${secret("key")}.`, { canPass: false });
      return { made: true };
    },
    undo: async ({ input, secret }: { input: Input; secret: (name: "key") => string }) =>
      void did.push(`undo ${id} ${input.name} ${input.color} ${secret("key")}`),
  });
  return workflow(
    "paint",
    "Paint",
    "For tests.",
    start({
      fields: [text("name", "Name"), text("color", "Color"), secret("key", "Key", { required: true })],
      subject: ({ name }) => name,
      lock: ({ name }) => `paint:${name}`,
      onFailure: () => onFailure,
    }),
  )
    .do("first", "First", { ...effect("first"), uses: ["name"] })
    .do("second", "Second", { ...effect("second"), uses: ["color", "key"] })
    .do("third", "Third", effect("third"))
    .hands(() => ({ sentence: "" }));
};

const values = { name: "door", color: "red", key: "s3cret-key" };

test("a changed input undoes, as it was made, what rests on it and goes on from there; the rest is not done again", async () => {
  const did: string[] = [];
  const fails = { at: "third" as string | null };
  world = await openWorld([painted(did, fails)]);
  const id = await world.start(values);
  await world.until(id, "failed");
  const preview = await world.engine.previewModify(id, { name: "door", color: "blue", key: "" });
  expect(preview).toEqual({
    changed: ["color"],
    invalid: [
      { id: "second", title: "Second", undone: true },
      { id: "third", title: "Third", undone: true },
    ],
  });
  fails.at = null;
  did.length = 0;
  await world.engine.modify(id, { name: "door", color: "blue", key: "" }, "Ada");
  const done = await world.until(id, "completed");
  expect(did).toEqual([
    "undo third door red s3cret-key",
    "undo second door red s3cret-key",
    "second door blue s3cret-key",
    "third door blue s3cret-key",
  ]);
  expect(done.run.undoTo).toBeNull();
});

test("a changed secret counts as a change, an empty one stays, and the same input is refused", async () => {
  const did: string[] = [];
  const fails = { at: "second" as string | null };
  world = await openWorld([painted(did, fails)]);
  const id = await world.start(values);
  await world.until(id, "failed");
  await expect(world.engine.modify(id, { ...values, key: "" }, "Ada")).rejects.toMatchObject({
    code: "bad-input",
  });
  fails.at = null;
  did.length = 0;
  await world.engine.modify(id, { ...values, key: "another-key" }, "Ada");
  await world.until(id, "completed");
  expect(did).toEqual([
    "undo second door red s3cret-key",
    "second door red another-key",
    "third door red another-key",
  ]);
});

test("a wrong new input is refused and changes nothing; a new name takes the new lock and frees the old one", async () => {
  const did: string[] = [];
  const fails = { at: "first" as string | null };
  world = await openWorld([painted(did, fails)]);
  const id = await world.start(values);
  const failed = await world.until(id, "failed");
  fails.at = null;
  const other = (await world.engine.start("paint", { ...values, name: "wall" }, "Bo")).runId;
  await world.until(other, "completed");
  await world.engine.modify(id, { ...values, name: "gate", key: "" }, "Ada");
  const done = await world.until(id, "completed");
  expect(failed.run.lock).toBe("paint:door");
  expect(done.run).toMatchObject({
    lock: "paint:gate",
    subject: "gate",
    input: { name: "gate", color: "red" },
  });
});

test("an undo for a changed input that was cut off goes on after a restart, and nothing is undone twice", async () => {
  const did: string[] = [];
  const fails = { at: "third" as string | null };
  const flows = [painted(did, fails)];
  world = await openWorld(flows);
  const id = await world.start(values);
  await world.until(id, "failed");
  await world.engine.modify(id, { ...values, color: "blue", key: "" }, "Ada");
  await world.engine.close();
  fails.at = null;
  const again = await openWorld(flows, { store: world.store });
  await again.until(id, "completed");
  expect(did.filter((one) => one.startsWith("undo second"))).toHaveLength(1);
  expect(stepOf(await again.run(id), "first").attempt).toBe(1);
  await again.engine.close();
});

test("secrets are kept sealed and never in the clear: not in the input, the values, the log, the events or an error", async () => {
  const did: string[] = [];
  world = await openWorld([painted(did, { at: "second" })]);
  const id = await world.start(values);
  const failed = await world.until(id, "failed");
  expect(did[0]).toContain("s3cret-key");
  const { secrets, ...run } = failed.run;
  expect(secrets?.key).toMatch(/^v1\./);
  const told = JSON.stringify([
    run,
    failed.steps,
    await world.store.events(id, 0, 1_000),
    await world.store.logs(id, { after: 0, limit: 100 }),
  ]);
  expect(told).not.toContain("s3cret-key");
  expect(told).toContain("second was refused: •••.");
});

test("where the input asks for it, a failure undoes by itself what the run made, and the page still says why", async () => {
  const did: string[] = [];
  world = await openWorld([painted(did, { at: "third" }, "undo")]);
  const id = await world.start(values);
  const undone = await world.until(id, "failed");
  expect(did.slice(3)).toEqual([
    "undo third door red s3cret-key",
    "undo second door red s3cret-key",
    "undo first door red s3cret-key",
  ]);
  expect(undone.run.error?.message).toContain("third was refused");
  expect(undone.run.undoneAt).not.toBeNull();
  expect(undone.steps.map((step) => step.state)).toEqual(["undone", "undone", "undone"]);
});

test("a clone runs with the same input and secrets, and “cancel and start over” waits for the first to stop", async () => {
  const did: string[] = [];
  const fails = { at: "third" as string | null };
  world = await openWorld([painted(did, fails)]);
  const id = await world.start(values);
  await world.until(id, "failed");
  await world.engine.retry(id, "Ada");
  await world.until(id, "failed");
  fails.at = null;
  const { runId } = await world.engine.startOver(id, "Ada");
  const done = await world.until(runId, "completed");
  expect(did.slice(-3)).toEqual([
    "first door red s3cret-key",
    "second door red s3cret-key",
    "third door red s3cret-key",
  ]);
  expect(done.run.values).toEqual({ name: "door", color: "red" });
});

test("going back undoes what was made since, so that doing it again begins with nothing there", async () => {
  const did: string[] = [];
  world = await openWorld([painted(did)]);
  const id = await world.start(values);
  await world.until(id, "completed");
  did.length = 0;
  await world.engine.rewind(id, "second", "Ada");
  const again = await world.until(id, "completed");
  expect(did).toEqual([
    "undo third door red s3cret-key",
    "undo second door red s3cret-key",
    "second door red s3cret-key",
    "third door red s3cret-key",
  ]);
  expect(stepOf(again, "first").attempt).toBe(1);
});

test("going back that fails to undo something loses nothing, and trying again goes on with it", async () => {
  const did: string[] = [];
  let stuck = true;
  const clingy = workflow("clingy", "Clingy", "For tests.", start({ subject: () => "" }))
    .do("a", "A", { run: async () => void did.push("a"), undo: async () => void did.push("undo a") })
    .do("b", "B", {
      run: async () => void did.push("b"),
      undo: async ({ goingBack }) => {
        if (stuck && goingBack) throw new AppError("conflict", "Somebody uses it.");
        did.push("undo b");
      },
    })
    .do("c", "C", { run: async () => void did.push("c"), undo: async () => void did.push("undo c") })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([clingy]);
  const id = await world.start();
  await world.until(id, "completed");
  did.length = 0;
  await world.engine.rewind(id, "a", "Ada");
  const failed = await world.until(id, "failed");
  expect(failed.run.error?.message).toContain("Somebody uses it.");
  expect(did).toEqual(["undo c"]);
  stuck = false;
  await world.engine.retry(id, "Ada");
  await world.until(id, "completed");
  expect(did).toEqual(["undo c", "undo b", "undo a", "a", "b", "c"]);
});

test("finalizing forgets the secrets; a run that is taken up again asks for them", async () => {
  const did: string[] = [];
  world = await openWorld([painted(did)]);
  const id = await world.start(values);
  await world.until(id, "completed");
  await world.engine.finalize(id, "Ada");
  expect((await world.run(id)).run.secrets).toBeNull();
  await world.engine.unlock(id, "Ada");
  await world.engine.rewind(id, "third", "Ada");
  const failed = await world.until(id, "failed");
  expect(failed.run.error?.message).toContain("was forgotten");
  await expect(world.engine.clone(id, "Ada")).rejects.toMatchObject({ code: "bad-input", field: "key" });
});

test("what is tried again after a rollback is done anew from the first thing that was removed on, with the answers as they were", async () => {
  const did: string[] = [];
  let broken = true;
  const it = workflow(
    "again",
    "Again",
    "For tests.",
    start({ subject: () => "", onFailure: () => "undo" as const }),
  )
    .do("look", "Look", { readsOnly: true, run: async () => void did.push("look") })
    .do("make", "Make", {
      safeBecause: "It only counts.",
      run: async () => {
        did.push("make");
        return did.length;
      },
      undo: async () => void did.push("remove"),
    })
    .do("read", "Read", {
      readsOnly: true,
      run: async ({ results }) => {
        did.push(`read ${results.make}`);
      },
    })
    .ask("sure", "Sure?", { form: () => ({ fields: [], submit: "ok" }), read: () => "yes" })
    .do("end", "End", {
      run: async ({ results }) => {
        did.push(`end ${results.sure}`);
        if (broken) throw new AppError("remote-refused", "No.");
      },
    })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([it]);
  const id = await world.start();
  await world.until(id, "asking");
  await world.engine.answer(id, "sure", {}, "Ada");
  await world.until(id, "failed");
  expect(did).toEqual(["look", "make", "read 2", "end yes", "remove"]);
  broken = false;
  await world.engine.retry(id, "Ada");
  const { run } = await world.until(id, "completed");
  expect(did.slice(5)).toEqual(["make", "read 6", "end yes"]);
  expect(run).toMatchObject({ undoneAt: null, ended: null, error: null });
});

test("what the input says of its undo is what can be undone, also after the input was changed", async () => {
  const undone: string[] = [];
  const whole = workflow(
    "flow",
    "A flow",
    "For tests.",
    start({ fields: [text("how", "How it is undone")], subject: () => "subject" }),
  )
    .do("make", "Make it", {
      safeBecause: "It does nothing.",
      undoneBy: "how",
      run: async () => {},
      undo: async ({ input }) => void undone.push(input.how),
    })
    .do("stop", "Stop here", {
      safeBecause: "It does nothing.",
      run: async () => Promise.reject(new Error("no")),
    })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([whole]);
  const id = await world.start({ how: "" });
  await world.until(id, "failed");
  await expect(world.engine.undo(id, "Ada")).rejects.toMatchObject({ code: "not-allowed-now" });
  for (const how of ["first", "second"]) {
    await world.engine.modify(id, { how }, "Ada");
    await world.when(id, ({ run }) => run.state === "failed" && (run.input as { how: string }).how === how);
    expect((await world.step(id, "make")).undoable).toBe(true);
  }
  await world.engine.modify(id, { how: "" }, "Ada");
  await world.when(id, ({ run }) => run.state === "failed" && (run.input as { how: string }).how === "");
  expect((await world.step(id, "make")).undoable).toBe(false);
  expect(undone).toEqual(["first", "second"]);
});

test("an answer that goes back may change the input: what was made is undone as it was made, and made anew with the other one", async () => {
  const did: string[] = [];
  const flow = workflow(
    "paint",
    "Paint",
    "For tests.",
    start({ fields: [text("name", "Name"), text("color", "Color")], subject: ({ name }) => name }),
  )
    .do("first", "First", {
      run: async ({ input }) => void did.push(`paint ${input.name} ${input.color}`),
      undo: async ({ input }) => void did.push(`undo ${input.color}`),
    })
    .ask("like", "Like it?", {
      form: () => ({ fields: [], submit: "Yes" }),
      read: ({ color }) => (color === undefined ? "yes" : new GoBack("first", { color })),
    })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([flow]);
  const id = await world.start({ name: "door", color: "red" });
  await world.until(id, "asking");
  await world.engine.answer(id, "like", { color: "blue" }, "Ada");
  const again = await world.until(id, "asking");
  expect(again.run.input).toEqual({ name: "door", color: "blue" });
  expect(again.run.nextInput).toBeNull();
  await world.engine.answer(id, "like", {}, "Ada");
  await world.until(id, "completed");
  expect(did).toEqual(["paint door red", "undo red", "paint door blue"]);
});
