import { type Context, Hono } from "hono";
import { z } from "zod";
import { addRow, changeRow, deleteRow, type Outcome } from "./change-rows.ts";
import type { Clock } from "./clock.ts";
import type { ImportRows } from "./import-order.ts";
import { readListQuery } from "./list-query.ts";
import { patiently } from "./patient.ts";
import { Refusal } from "./refusal.ts";
import { type AppData, countRows, listRows, needRow, type Row, tableOf } from "./rows.ts";
import type { Table } from "./schema.ts";

/**
 * The data of an app as JSON, below `db/<table>`: lists as `{data, total, limit, offset}`, single rows as `{data}`, errors as
 * `{error: {code, message, field}}`. A change that carries the `updated_at` it was based on is refused when the row has changed since.
 */
export const dataApi = (data: AppData & { clock: Clock; importRows: ImportRows }) =>
  new Hono()
    .get("/db/:table", (c) => {
      const [name, table] = tableIn(data, c);
      const query = readListQuery(table, new URL(c.req.url).searchParams);
      return c.json({
        data: listRows(data, name, query).map((row) => asJson(table, row)),
        total: countRows(data, name, query),
        limit: query.limit,
        offset: query.offset,
      });
    })
    .post("/db/:table", async (c) => {
      const [name, table] = tableIn(data, c);
      const sent = await body(c);
      const row = done(await patiently(() => addRow(data, name, sent)));
      return c.json({ data: asJson(table, row) }, 201, {
        Location: `${new URL(c.req.url).pathname}/${row.id}`,
      });
    })
    .post("/db/:table/import", async (c) => {
      const [name] = tableIn(data, c);
      if (!/^text\/csv\b/i.test(c.req.header("Content-Type") ?? ""))
        throw new Refusal("bad-input", "Send the rows as CSV, with “Content-Type: text/csv”.");
      const { rows, wrong, problems } = await data.importRows({
        table: name,
        text: await c.req.text(),
        keep: true,
      });
      if (wrong === 0) return c.json({ success: true, imported: rows }, 201);
      const told = problems.map(({ line, sentences }) => `Row ${line}: ${sentences.join(" ")}`).join(" ");
      throw new Refusal("bad-input", `Nothing was imported. ${told}`);
    })
    .get("/db/:table/:id", (c) => {
      const [name, table] = tableIn(data, c);
      return c.json({ data: asJson(table, needRow(data, name, c.req.param("id"))) });
    })
    .put("/db/:table/:id", async (c) => {
      const [name, table] = tableIn(data, c);
      const sent = await body(c);
      const at = { id: c.req.param("id"), updatedAt: basedOn(sent) };
      const row = done(await patiently(() => changeRow(data, name, at, sent)));
      return c.json({ data: asJson(table, row) });
    })
    .delete("/db/:table/:id", async (c) => {
      const [name] = tableIn(data, c);
      const row = await patiently(() => deleteRow(data, name, c.req.param("id")));
      return c.json({ success: true, deleted: 1, message: `“${row.name}” was deleted.` });
    });

const tableIn = ({ schema }: AppData, c: Context): [string, Table] => {
  const name = c.req.param("table") ?? "";
  return [name, tableOf(schema, name)];
};

const body = async (c: Context): Promise<Record<string, unknown>> => {
  // A form of another site's page cannot send this type, so it cannot change anything here.
  if (!/^application\/json\b/i.test(c.req.header("Content-Type") ?? ""))
    throw new Refusal("bad-input", "Send the row as JSON, with “Content-Type: application/json”.");
  const read = z.record(z.string(), z.unknown()).safeParse(await c.req.json().catch(() => undefined));
  if (read.success) return read.data;
  throw new Refusal("bad-input", "The body is not a JSON object of columns and values.");
};

// An instant that cannot be compared must not pass for none.
const basedOn = ({ updated_at: at }: Record<string, unknown>): string | null => {
  if (at === undefined || typeof at === "string") return at ?? null;
  throw new Refusal("bad-input", "“updated_at” must be the text that was read with the row.", "updated_at");
};

const done = (outcome: Outcome): Row => {
  if ("row" in outcome) return outcome.row;
  if ("changed" in outcome)
    throw new Refusal(
      "conflict",
      `“${outcome.changed.name}” was changed since you read it. Read it again and repeat your change.`,
      "updated_at",
    );
  throw new Refusal("bad-input", Object.values(outcome.problems).join(" "), Object.keys(outcome.problems)[0]);
};

const asJson = (table: Table, { id, created_at, updated_at, values }: Row) => ({
  id,
  ...Object.fromEntries(
    Object.entries(values).map(([column, value]) => [
      column,
      table.columns[column]?.type === "boolean" && value !== null ? value === 1 : value,
    ]),
  ),
  created_at,
  updated_at,
});
