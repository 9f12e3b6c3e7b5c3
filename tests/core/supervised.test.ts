import { expect, test } from "vitest";
import { start } from "#core/start.ts";
import type { Step } from "#core/step.ts";
import { isGoAhead, numbered, supervised } from "#core/supervised.ts";
import { type Workflow, workflow } from "#core/workflow.ts";

const run = async () => 1;
const asks = { form: () => ({ fields: [], submit: "Answer" }), read: () => 1 };
const begin = () => workflow("flow", "Flow", "", start({ subject: () => "" }));
const idsOf = ({ steps }: Workflow) => steps.map(({ id }) => id);

/** The steps of a run as they were numbered: own question “approve-all”, then two that do something. */
const ownQuestion = begin()
  .ask("approve-all", "All right?", asks)
  .do("all", "All", { run })
  .do("approve-it", "Approve it", { run })
  .do("it", "It", { run })
  .hands(() => ({ sentence: "" }));

test("an own step whose id sounds like a go-ahead is none, and can be supervised", () => {
  const flow = supervised(ownQuestion);
  expect(idsOf(flow)).toEqual([
    "approve-all",
    "approve_all",
    "all",
    "approve_approve-it",
    "approve-it",
    "approve_it",
    "it",
  ]);
  expect(numbered("supervised", flow.steps)).toEqual({ numbers: [1, 2, 2, 3, 3, 4, 4], total: 4 });
  expect(numbered("automatic", ownQuestion.steps)).toEqual({ numbers: [1, 2, 3, 4], total: 4 });
});

test("a wait that sets something going is asked about as well, one that only looks is not", async () => {
  const looks = { look: async () => ({ done: 1 }), everyMs: 1, timeoutMs: 1 };
  const flow = supervised(
    begin()
      .wait("order", "Order", { ...looks, setsGoing: true })
      .wait("watch", "Watch", looks)
      .hands(() => ({ sentence: "" })),
  );
  expect(idsOf(flow)).toEqual(["approve_order", "order", "watch"]);
  expect(numbered("supervised", flow.steps)).toEqual({ numbers: [1, 1, 2], total: 2 });
});

test("a run that began when go-aheads had other ids goes on under those", async () => {
  const flow = begin()
    .do("look", "Look", { run })
    .wait("wait", "Wait", { look: async () => ({ done: 1 }), everyMs: 1, timeoutMs: 1 })
    .do("make", "Make", { run, skippable: "Nothing is made." })
    .hands(() => ({ sentence: "" }));
  const known: Pick<Step, "id" | "kind">[] = [
    { id: "approve-look", kind: "ask" },
    { id: "look", kind: "do" },
    { id: "wait", kind: "wait" },
    { id: "approve-make", kind: "ask" },
    { id: "make", kind: "do" },
  ];
  const former = supervised(flow, known);
  expect(idsOf(former)).toEqual(known.map(({ id }) => id));
  expect(numbered("supervised", known)).toEqual({ numbers: [1, 1, 2, 3, 3], total: 3 });
  expect(known.map((_, index) => isGoAhead("supervised", known, index))).toEqual([
    true,
    false,
    false,
    true,
    false,
  ]);
  const make = former.steps.find(({ id }) => id === "make");
  const left =
    make?.kind === "do" && (await make.run(contextWith({ "approve-make": { by: "Ada", skip: true } })));
  expect(left).toMatchObject({ reason: "Left out by Ada." });
});

const contextWith = (results: Record<string, unknown>) => ({
  runId: "r",
  stepId: "make",
  input: {},
  results,
  signal: new AbortController().signal,
  now: () => 0,
  secret: () => "",
  attempt: 1,
  key: "r/make",
  progress: () => {},
  substeps: () => ({ begin: () => {}, end: () => {} }),
  log: () => {},
});
