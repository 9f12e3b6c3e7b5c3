import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Addresses } from "./addresses.ts";
import { addRow, changedMeanwhile, changeRow, deleteRow, type Outcome, putRows } from "./change-rows.ts";
import type { Clock } from "./clock.ts";
import type { ImportRows } from "./csv-read.ts";
import { csvText } from "./csv-text.ts";
import { binOf, historyOf } from "./history.ts";
import { readListQuery } from "./list-query.ts";
import { openapiOf } from "./openapi.ts";
import { own } from "./own.ts";
import { patiently } from "./patient.ts";
import { Refusal } from "./refusal.ts";
import { restoreRow } from "./restore-row.ts";
import { asJson, includesOf } from "./row-json.ts";
import { type AppData, countRows, listRows, needRow, type Row, tableOf } from "./rows.ts";
import type { Table } from "./schema.ts";

/**
 * The data of an app as JSON, below `db/<table>`: lists as `{data, total, limit, offset}`, single rows as `{data}` with an ETag, errors as
 * `{error: {code, message, field}}`. A change that says which state it is based on, by the `updated_at` in it or by If-Match, is refused when the
 * row has changed since. `openapi.json` describes it for this app.
 */
export const dataApi = (data: AppData & { clock: Clock; importRows: ImportRows; to: Addresses }) =>
  new Hono()
    .get("/openapi.json", (c) => c.json(openapiOf(data.schema, data.to)))
    .get("/bin", (c) =>
      c.json({
        data: binOf(data).map(({ seq, at, by, table, row, name }) => ({ seq, at, by, table, row, name })),
      }),
    )
    .post("/bin/:seq/restore", async (c) => {
      const { table, row } = await patiently(() => restoreRow(data, Number(c.req.param("seq"))));
      return c.json({ data: asJson(tableOf(data.schema, table), row), table }, 201);
    })
    .get("/db/:table", (c) => {
      const [name, table] = tableIn(data, c);
      const { searchParams } = new URL(c.req.url);
      const hasColumn = own(table.columns, "include") !== undefined;
      const include = includesOf(data, name, hasColumn ? "" : (searchParams.get("include") ?? ""));
      if (!hasColumn) searchParams.delete("include");
      const query = readListQuery(table, searchParams);
      return c.json({
        data: listRows(data, name, query).map((row) => ({ ...asJson(table, row), ...include(row) })),
        total: countRows(data, name, query),
        limit: query.limit,
        offset: query.offset,
      });
    })
    .post("/db/:table", async (c) => {
      const [name, table] = tableIn(data, c);
      const sent = await body(c, rowOrRows);
      const key = c.req.query("key") ?? null;
      if (!Array.isArray(sent) && key === null) {
        const row = done(await patiently(() => addRow(data, name, sent)));
        c.header("ETag", etagOf(row));
        c.header("Location", `${new URL(c.req.url).pathname}/${row.id}`);
        return c.json({ data: asJson(table, row) }, 201);
      }
      const { rows, added } = await patiently(() => putRows(data, name, [sent].flat(), key));
      const answer = { data: rows.map((row) => asJson(table, row)), added, changed: rows.length - added };
      return c.json(answer, added > 0 ? 201 : 200);
    })
    .all("/db/:table", (c) => refuseMethod(c, "GET, POST"))
    .post("/db/:table/import", async (c) => {
      const [name] = tableIn(data, c);
      if (!/^text\/csv\b/i.test(c.req.header("Content-Type") ?? ""))
        throw new Refusal("bad-input", "Send the rows as CSV, with “Content-Type: text/csv”.");
      const charset = /;\s*charset="?([\w-]+)/i.exec(c.req.header("Content-Type") ?? "")?.[1] ?? null;
      const text = csvText(await c.req.arrayBuffer(), charset);
      const leaveOut = c.req.query("wrong") === "leave-out";
      const key = c.req.query("key") ?? "";
      const wish = { table: name, text, leaveOut, key };
      const { rows, changed, wrong, problems, used, ignored, above, wrongRows } = await data.importRows(wish);
      const imported = { success: true, imported: rows - wrong, changed, used, ignored, above };
      if (wrong === 0) return c.json(imported, 201);
      if (leaveOut) return c.json({ ...imported, wrong, problems, wrongRows }, 201);
      const told = problems.map(({ line, sentences }) => `Row ${line}: ${sentences.join(" ")}`).join(" ");
      throw new Refusal("bad-input", `Nothing was imported. ${told}`);
    })
    .get("/db/:table/:id", (c) => {
      const [name, table] = tableIn(data, c);
      const row = needRow(data, name, c.req.param("id"));
      c.header("ETag", etagOf(row));
      if (c.req.header("If-None-Match") === etagOf(row) && c.req.query("include") === undefined)
        return c.body(null, 304);
      const include = includesOf(data, name, c.req.query("include") ?? "");
      return c.json({ data: { ...asJson(table, row), ...include(row) } });
    })
    .get("/db/:table/:id/history", (c) => {
      const [name] = tableIn(data, c);
      const entries = historyOf(data, name, needRow(data, name, c.req.param("id")).id);
      return c.json({
        data: entries.map(({ seq, at, by, kind, before, after }) => ({ seq, at, by, kind, before, after })),
      });
    })
    .on(["PUT", "PATCH"], "/db/:table/:id", async (c) => {
      const [name, table] = tableIn(data, c);
      const sent = await body(c, oneRow);
      const matched = ifMatch(c);
      const at = { id: c.req.param("id"), updatedAt: matched ?? basedOn(sent) };
      const outcome = await patiently(() => changeRow(data, name, at, sent));
      if ("changed" in outcome && matched !== null) throw changedMeanwhile(outcome.changed);
      const row = done(outcome);
      c.header("ETag", etagOf(row));
      return c.json({ data: asJson(table, row) });
    })
    .delete("/db/:table/:id", async (c) => {
      const [name] = tableIn(data, c);
      const row = await patiently(() => deleteRow(data, name, c.req.param("id"), ifMatch(c)));
      return c.json({ success: true, deleted: 1, message: `“${row.name}” was deleted.` });
    })
    .all("/db/:table/:id", (c) => refuseMethod(c, "GET, PUT, PATCH, DELETE"));

const refuseMethod = (c: Context, allowed: string): never => {
  c.header("Allow", allowed);
  throw new Refusal("not-allowed", `This address takes ${allowed} only.`);
};

/** A row has another `updated_at` in each of its states. */
const etagOf = ({ updated_at: at }: Row): string => `"${at}"`;

/** The state that a change is based on; null: none was said, or any will do. */
const ifMatch = (c: Context): string | null => {
  const given = c.req.header("If-Match")?.trim();
  return given === undefined || given === "*" ? null : given.replace(/^(?:W\/)?"(.*)"$/, "$1");
};

const tableIn = ({ schema }: AppData, c: Context): [string, Table] => {
  const name = c.req.param("table") ?? "";
  return [name, tableOf(schema, name)];
};

const oneRow = z.record(z.string(), z.unknown());
const mostAtOnce = 1_000;
const rowOrRows = z.union([oneRow, z.array(oneRow).min(1).max(mostAtOnce)]);

const body = async <T>(c: Context, shape: z.ZodType<T>): Promise<T> => {
  // A form of another site's page cannot send this type, so it cannot change anything here.
  if (!/^application\/json\b/i.test(c.req.header("Content-Type") ?? ""))
    throw new Refusal("bad-input", "Send the row as JSON, with “Content-Type: application/json”.");
  const read = shape.safeParse(await c.req.json().catch(() => undefined));
  if (read.success) return read.data;
  throw new Refusal(
    "bad-input",
    `The body is not a JSON object of columns and values, or a list of up to ${mostAtOnce} where several are taken.`,
  );
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
