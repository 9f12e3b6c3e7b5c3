import { afterAll, beforeAll, expect, test } from "vitest";
import { beforeTheFirst, hashOfEntry } from "#store/audit.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const linesOf = async (answer: Response) =>
  (await answer.text())
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

test("the audit is saved whole as JSON lines, however long it is, with all that it takes to verify it", async () => {
  const by = { kind: "token", id: "t1", name: 'evil\n"name' } as const;
  for (let at = 0; at < 1_100; at++)
    await site.store.accounts.audit({ at, by, did: "looked", target: "at all\u2028of it" });
  const answer = await site.call("GET", "/api/audit");
  expect(answer.headers.get("Content-Disposition")).toContain("attachment");
  const lines = await linesOf(answer);
  expect(lines.length).toBeGreaterThan(1_100);
  let previous = beforeTheFirst;
  for (const { seq, hash, ...deed } of lines) {
    expect(hash).toBe(hashOfEntry(seq, deed, previous));
    previous = hash;
  }
  const behind = await linesOf(await site.call("GET", `/api/audit?after=${lines.length - 2}`));
  expect(behind).toEqual(lines.slice(-2));
  expect((await site.call("GET", "/api/audit?after=-1")).status).toBe(400);
  expect(await (await site.get("/settings")).text()).toContain('href="/api/audit"');
});
