import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { flow, openWorld, realClock, stepOf } from "./world.ts";

const odd = () => new AppError("remote-odd", "It answered with a web page instead of JSON.");
type Answer = "working" | "done" | AppError;

/** A wait that gets one answer after the other, the last one again and again; each look takes a minute of its clock. */
const waitFor = async (...answers: readonly (() => Answer)[]) => {
  let offset = 0;
  let looks = 0;
  const clock = { ...realClock, now: () => realClock.now() + offset };
  const flowOf = flow()
    .wait("job", "Job", {
      everyMs: 1,
      maxEveryMs: 1,
      timeoutMs: 24 * 3_600_000,
      look: async () => {
        offset += 60_000;
        const answer = answers[Math.min(looks++, answers.length - 1)]?.() ?? "done";
        if (answer instanceof AppError) throw answer;
        return answer === "done" ? { done: "it" } : { waiting: "PROCESSING" };
      },
    })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([flowOf], { overrides: { clock } });
  const words: string[] = [];
  world.engine.listen(({ events }) => {
    for (const event of events) if (event.type === "step.look") words.push(event.word);
  });
  const id = await world.start();
  const ended = await world.until(id, "completed", "failed");
  await world.close();
  return { ended, looks, words };
};

test.each(["remote-odd", "remote-refused", "remote-failed", "not-found"] as const)(
  "one answer of %s does not end a wait that was going well, and is shown as what it was",
  async (code) => {
    const answer = new AppError(code, "Maintenance until noon.");
    const { ended, words } = await waitFor(
      () => "working",
      () => answer,
      () => "working",
      () => "done",
    );
    expect(ended.run.state).toBe("completed");
    expect(words).toEqual(["PROCESSING", "an odd answer; looking on. Maintenance until noon.", "PROCESSING"]);
  },
);

test("a wait whose very first answer is odd fails at once, because the address may be wrong", async () => {
  const { ended, looks } = await waitFor(odd);
  expect(ended.run.state).toBe("failed");
  expect(looks).toBe(1);
});

test("odd answers that last end the wait with what came, also when the other side could not be reached in between", async () => {
  const away = () => new AppError("unreachable", "Not there.");
  const { ended, looks } = await waitFor(() => "working", odd, away, odd, away, odd);
  expect(ended.run.error?.message).toBe(odd().message);
  expect(looks).toBe(8);
});

test("a row of odd answers is over with the first one that is understood", async () => {
  const row = [odd, odd, odd, odd, () => "working" as const];
  const { ended } = await waitFor(
    () => "working",
    ...row,
    ...row,
    () => "done",
  );
  expect(ended.run.state).toBe("completed");
});

test("the other side's own verdict ends the wait at once, however well it was going", async () => {
  const { ended, looks } = await waitFor(
    () => "working",
    () => new AppError("remote-failed", "The job failed: no space.", { canPass: false }),
  );
  expect(stepOf(ended, "job").state).toBe("failed");
  expect(looks).toBe(2);
});

test("a line of a list says why a look did not succeed, and no longer once one did", async () => {
  const answers: (() => Answer)[] = [
    () => new AppError("unreachable", "node2 refuses connections."),
    () => "working",
  ];
  const now: string[] = [];
  const flowOf = flow()
    .wait("job", "Job", {
      everyMs: 1,
      maxEveryMs: 1,
      timeoutMs: 60_000,
      look: async () => {
        now.push((await world.engine.runs({ limit: 1 })).rows[0]?.now ?? "");
        const answer = answers.shift()?.() ?? "done";
        if (answer instanceof AppError) throw answer;
        return answer === "done" ? { done: null } : { waiting: "PROCESSING" };
      },
    })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([flowOf]);
  await world.until(await world.start(), "completed");
  await world.close();
  expect(now).toEqual([
    "Step 1 of 1: Job",
    "Step 1 of 1: Job: node2 refuses connections.",
    "Step 1 of 1: Job",
  ]);
});
