import fc from "fast-check";
import { Hono } from "hono";
import { expect, expectTypeOf, test } from "vitest";
import { type Route, route } from "#core/route.ts";
import { routes } from "#core/routes.ts";

/** Every route of the table by its name, with the place where it stands. */
const all = (table: object, place = "routes"): [string, Route][] =>
  Object.entries(table).flatMap(([name, value]) =>
    "pattern" in value ? [[`${place}.${name}`, value as Route]] : all(value, `${place}.${name}`),
  );

test("an address is made of exactly the parameters of its pattern, and of a query", () => {
  const step = route("/runs/:id/steps/:step/answer");
  expect(step.href({ id: "a", step: "b" }, { v: 3, until: null })).toBe("/runs/a/steps/b/answer?v=3");
  expect(route("/sign-in").href({ token: "a&b" })).toBe("/sign-in?token=a%26b");
  expect(step.template).toBe("/runs/{id}/steps/{step}/answer");
  expectTypeOf(step.template).toEqualTypeOf<"/runs/{id}/steps/{step}/answer">();
  expectTypeOf(step.href).parameter(0).toEqualTypeOf<Readonly<Record<"id" | "step", string>>>();
  const wrong = () => {
    // @ts-expect-error `step` is missing.
    step.href({ id: "a" });
    // @ts-expect-error There is no such parameter.
    step.href({ id: "a", step: "b", stop: "c" });
  };
  expect(wrong).not.toThrow();
});

test("foreign text in an address stays one part of it", () => {
  expect(routes.run.href({ id: "a/../b?x" })).toBe("/runs/a%2F..%2Fb%3Fx");
});

test("what must look a certain way, or has everything below it, is matched so", () => {
  expect(routes.appProject.matches("/apps/crm.zip")).toBe(true);
  expect(routes.appProject.matches("/apps/crm")).toBe(false);
  expect(routes.app.href({ slug: "crm" })).toBe("/apps/crm/");
  expect(routes.app.matches("/apps/crm/a/b")).toBe(true);
  expect(routes.app.matches("/apps/crm")).toBe(false);
  expect(routes.logText.matches("/runs/a/logxtxt")).toBe(false);
});

test.each(all(routes))("%s: its address leads to itself, with its parameters unchanged", async (_, one) => {
  const seen: Record<string, string>[] = [];
  const app = new Hono().get(one.pattern, (c) => {
    seen.push(c.req.param());
    return c.text("here");
  });
  const names = [...one.pattern.matchAll(/:(\w+)/g)].map(([, name]) => String(name));
  const values = Object.fromEntries(names.map((name) => [name, shaped[name] ?? anyText]));
  await fc.assert(
    fc.asyncProperty(fc.record(values), async (params) => {
      const address = (one.href as (params: object) => string)(params);
      const path = new URL(address, "http://here").pathname;
      expect(one.matches(path)).toBe(true);
      expect((await app.request(address)).status).toBe(200);
      expect(seen.pop()).toEqual(params);
    }),
    { numRuns: 20 },
  );
});

// A browser takes "." and ".." for steps through folders; no id is one.
const anyText = fc
  .string({ minLength: 1, unit: "grapheme" })
  .filter((text) => text !== "." && text !== ".." && text.isWellFormed());

/** Parameters that must look a certain way. */
const shaped: Record<string, fc.Arbitrary<string>> = {
  file: fc.constant("crm.zip"),
  size: fc.constantFrom("180", "192", "512"),
  number: fc.nat({ max: 999_999_999 }).map(String),
};
