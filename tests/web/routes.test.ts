import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#core/routes.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const patternsOf = (table: object): string[] =>
  Object.values(table).flatMap((value) => ("pattern" in value ? [value.pattern] : patternsOf(value)));

/** What is asked of every request, whatever its address. */
const everywhere = "/*";

test("nothing is mounted but the addresses of the table, and every one of them is", () => {
  const mounted = new Set(site.app.routes.map(({ path }) => path).filter((path) => path !== everywhere));
  expect([...mounted].sort()).toEqual([...new Set(patternsOf(routes))].sort());
});

test("no two names of the table stand for one address", () => {
  const patterns = patternsOf(routes);
  expect(patterns).toEqual([...new Set(patterns)]);
});
