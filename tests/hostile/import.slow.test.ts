import { afterEach, beforeEach, expect, test } from "vitest";
import { mostRows } from "#apps/runtime/csv-cells.ts";
import { repairShop } from "../apps/samples.ts";
import { openSite, type Site } from "../web/site.ts";
import { heldMs, longestHoldMs } from "./held.ts";

let site: Site;
beforeEach(async () => {
  site = await openSite();
  site.deps.apps.create(repairShop, "run-1");
});
afterEach(() => site.close());

const importRows = (csv: string) =>
  site.call("POST", "/apps/repair-shop/api/db/customers/import", csv, { "Content-Type": "text/csv" });
const count = () =>
  site.deps.apps.open("repair-shop").db.prepare("SELECT count(*) FROM customers").pluck().get();

test("240,000 rows are imported and looked through while everybody else is answered, and who changes a row meanwhile waits for it", async () => {
  const { longestMs, result } = await heldMs(async () => {
    const importing = importRows(`name\n${"a\n".repeat(240_000)}`);
    const adding = site.call("POST", "/apps/repair-shop/api/db/customers", { name: "Ada" });
    return Promise.all([importing, adding]);
  });
  expect(result.map(({ status }) => status)).toEqual([201, 201]);
  expect(count()).toBe(240_001);
  expect(longestMs).toBeLessThan(longestHoldMs);
  // So much is in it now that every question to it is work.
  const asked = await heldMs(() =>
    Promise.all(
      ["customers?q=nobody", "customers?sort=name", "", "api/db/customers?q=ada"].map((path) =>
        site.get(`/apps/repair-shop/${path}`),
      ),
    ),
  );
  expect(asked.result.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(await asked.result[3]?.json()).toMatchObject({ total: 1, data: [{ name: "Ada" }] });
  expect(asked.longestMs).toBeLessThan(longestHoldMs);
});

test.each([
  ["headings", `name${",x".repeat(450_000)}\nAda\n`],
  ["cells of a later row", `name,phone\n${"a,1\n".repeat(100)}${"x,".repeat(450_000)}\n`],
])(
  "a file of 450,000 %s is refused with the number, and soon",
  async (_, csv) => {
    const { longestMs, result } = await heldMs(() => importRows(csv));
    expect([result.status, await result.text()]).toEqual([
      400,
      expect.stringMatching(/has 450,00[01] cells; 5,000 are taken at most/),
    ]);
    expect(longestMs).toBeLessThan(longestHoldMs);
    expect(count()).toBe(0);
  },
  60_000,
);

test("a file of more rows than an app takes is refused with the number", async () => {
  const answer = await importRows(`name\n${"a\n".repeat(mostRows + 1)}`);
  expect(answer.status).toBe(413);
  expect(await answer.text()).toContain("more than 250,000 rows");
  expect(count()).toBe(0);
});
