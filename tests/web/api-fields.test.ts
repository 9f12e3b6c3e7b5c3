import { expect, test } from "vitest";
import { runJson, summaryJson } from "#web/api/run-json.ts";
import { summarySchema } from "#web/api/schemas.ts";
import { owner } from "../people/owner.ts";
import { summary } from "../views/samples/lists.ts";
import { pictures } from "../views/samples/pictures.ts";

const fields = (value: object) => Object.keys(value).sort();

test("the API tells every fact of a run and of its steps that pages have, and describes each", () => {
  for (const picture of Object.values(pictures)) {
    // What is said later if nothing happens, and what a later visit is compared with, is for pages only, which do not ask again.
    const {
      log: _log,
      starter: _starter,
      changers: _changers,
      history: _history,
      firstRun: _first,
      later: _later,
      freshUntil: _fresh,
      wholeMs: _whole,
      ...facts
    } = picture;
    const told = runJson(picture, owner);
    expect(fields(told)).toEqual([...fields(facts), "eta", "eta_seconds"].sort());
    for (const [index, step] of picture.steps.entries()) {
      const same = told.steps[index];
      expect(same === undefined ? [] : fields(same)).toEqual(fields(step));
      expect(same?.waiting).toEqual(step.waiting);
      expect(same?.error).toEqual(step.error);
    }
    expect(told.ended).toEqual(picture.ended);
  }
});

test("a line of the API's list has exactly the fields that are described", () => {
  const facts = summaryJson(summary("failed"));
  expect(() => summarySchema.strict().parse(facts)).not.toThrow();
  expect(fields(summarySchema.shape)).toEqual(fields(facts));
});
