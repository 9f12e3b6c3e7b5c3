import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createGeneratedApp } from "./app.tsx";
import { loadAssets } from "./assets.ts";
import { checkSchema } from "./check-schema.ts";
import { createIndexes, createTables } from "./database.ts";
import { openDatabase } from "./sqlite.ts";

// It travels with a downloaded app, for `npm test` there: what schema.json says can be made, drawn, asked and exported.
const schema = checkSchema(JSON.parse(readFileSync(new URL("../schema.json", import.meta.url), "utf8")));
const clock = { now: () => Date.now(), newId: () => randomUUID() };
const db = openDatabase(":memory:");
createTables(db, schema);
createIndexes(db, schema);
const failures: unknown[] = [];
const app = createGeneratedApp({
  ...{ schema, db, base: "/", clock, assets: await loadAssets() },
  onError: (error) => failures.push(error),
});
const get = async (path: string) => app.request(`http://localhost/${path}`);

for (const [name, { title, board }] of Object.entries(schema.tables)) {
  test(`every page of “${title}” can be drawn`, async () => {
    const pages = ["", name, `${name}/new`, `${name}/import`, `${name}/export.csv`];
    for (const page of board === null ? pages : [...pages, `${name}/board`])
      assert.equal((await get(page)).status, 200, page);
    assert.deepEqual(failures, []);
  });

  test(`the data of “${title}” are answered for as JSON, and what is no column is refused`, async () => {
    const answer = await get(`api/db/${name}`);
    assert.deepEqual(await answer.json(), { data: [], total: 0, limit: 20, offset: 0 });
    assert.equal((await get(`api/db/${name}?no_such_column=1`)).status, 400);
  });
}
