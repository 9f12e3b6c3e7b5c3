import { z } from "zod";
import { after, type Clock } from "./clock.ts";
import { expressionSql, needColumn } from "./computed.ts";
import { prepared, quote } from "./database.ts";
import { type Expression, FormulaError, parseExpression } from "./expression.ts";
import { differing, note } from "./history.ts";
import { own } from "./own.ts";
import { type AppData, needRow } from "./rows.ts";
import type { AppSchema, Rule, Table } from "./schema.ts";
import { readValue, type Value } from "./value.ts";

const moves = /^([a-z0-9_]+) moves (.+)$/;
const sets = /^([a-z0-9_]+) to (.+?) sets (.+)$/;

/** Whether a rule is about how a column changes, not about what a row says. */
export const isAboutMoves = ({ rule }: Rule): boolean => moves.test(rule) || sets.test(rule);

/** Told what row a change leaves (null: none), does what the rule says of it, and gives back what stands against it. */
type AfterMove = (left: string | null) => string[];

/**
 * What the rules of a table say of a change of the row `id` (null: a new one), read before the change. `status moves out > returned, out > lost`: it goes
 * nowhere else. `status to returned sets returned_on = today() and product.stock = product.stock + quantity`: what is set when it gets there, in the row
 * itself or in one that it points to; all of it is reckoned before any of it is set.
 */
export const movesIn = (data: AppData & { clock: Clock }, name: string, id: string | null): AfterMove[] =>
  (own(data.schema.tables, name)?.rules ?? []).flatMap((rule): AfterMove[] => {
    const [, column, rest = ""] = moves.exec(rule.rule) ?? sets.exec(rule.rule) ?? [];
    if (column === undefined) return [];
    const read = (row: string | null): Value =>
      ((row === null
        ? null
        : prepared(data.db, `SELECT ${quote(column)} FROM ${quote(name)} WHERE "id" = ?`)
            .pluck()
            .get(row)) as Value) ?? null;
    const from = read(id);
    if (moves.test(rule.rule))
      return id === null
        ? []
        : [(left) => (left === null ? [] : refusedMove(rule, from, read(left), movesOf(rest)))];
    return [
      (left) => (left !== null && from !== rest && read(left) === rest ? setIn(data, name, left, rule) : []),
    ];
  });

const refusedMove = (
  rule: Rule,
  from: Value,
  to: Value,
  allowed: readonly { from: string; to: string }[],
): string[] =>
  to === from || from === null || allowed.some((one) => one.from === from && one.to === to)
    ? []
    : [rule.says || `“${String(from)}” cannot become “${String(to)}”.`];

const movesOf = (list: string): { from: string; to: string }[] =>
  list.split(",").flatMap((chain) => {
    const states = chain.split(">").map((one) => one.trim());
    return states.slice(1).map((to, at) => ({ from: states[at] ?? "", to }));
  });

/** One thing that is set: a column, of the row itself or of the one that `via` points to. */
interface Assignment {
  via: string | null;
  table: string;
  column: string;
  value: Expression;
}

const setIn = (data: AppData & { clock: Clock }, name: string, id: string, rule: Rule): string[] => {
  const { db, schema } = data;
  const table = own(schema.tables, name);
  if (table === undefined) return [];
  const all = assignmentsIn(schema, name, table, rule).map((one) => {
    const row = one.via === null ? `t."id"` : `t.${quote(one.via)}`;
    const sql = `SELECT ${row} AS row, ${expressionSql(schema, table, one.value, "t")} AS value FROM ${quote(name)} t WHERE t."id" = ?`;
    return { ...one, ...reckoned.parse(prepared(db, sql).get(id)) };
  });
  return all.flatMap(({ table: to, column, row, value }) => {
    const target = own(own(schema.tables, to)?.columns ?? {}, column);
    if (row === null || target === undefined) return [];
    const read = readValue(target, value);
    if ("problem" in read) return [`“${target.label}” ${read.problem}`];
    const before = needRow(data, to, row);
    prepared(db, `UPDATE ${quote(to)} SET ${quote(column)} = ?, "updated_at" = ? WHERE "id" = ?`).run(
      ...[read.value, after(before.updated_at, data.clock.now()), row],
    );
    // The row itself is told of with the rest of its change.
    if (row !== id)
      note(data, "changed", { table: to, ...before }, differing(before.values, { [column]: read.value }));
    return [];
  });
};

const reckoned = z.object({ row: z.string().nullable(), value: z.union([z.string(), z.number(), z.null()]) });

/** `a = … and b.c = …`. Throws FormulaError. */
const assignmentsIn = (schema: AppSchema, name: string, table: Table, { rule }: Rule): Assignment[] => {
  const [, , , text = ""] = sets.exec(rule) ?? [];
  const parts = (one: Expression): Expression[] =>
    one.kind === "operator" && one.operator === "and" ? [...parts(one.left), ...parts(one.right)] : [one];
  return parts(parseExpression(text)).map((one) => {
    if (
      one.kind !== "operator" ||
      one.operator !== "=" ||
      one.left.kind !== "name" ||
      one.left.path.length > 2
    )
      throw new FormulaError(
        `“${text}” sets nothing. Write it as “returned_on = today() and product.stock = 0”.`,
      );
    const [first = "", second] = one.left.path;
    const via = needColumn(table, first);
    if (second === undefined)
      return { via: null, table: name, column: settable(table, via), value: one.right };
    const to = own(table.columns, via)?.to ?? "";
    const target = own(schema.tables, to);
    if (target === undefined)
      throw new FormulaError(`“${first}” of “${table.title}” points to no other table.`);
    return { via, table: to, column: settable(target, needColumn(target, second)), value: one.right };
  });
};

const settable = (table: Table, id: string): string => {
  if (own(table.columns, id)?.computed === undefined) return id;
  throw new FormulaError(
    `“${table.columns[id]?.label}” of “${table.title}” is computed, so it cannot be set.`,
  );
};

/** Looks that a rule about moves names only what is there. Throws FormulaError. */
export const checkMoves = (schema: AppSchema, name: string, table: Table, rule: Rule): void => {
  const [, column = "", rest = ""] = moves.exec(rule.rule) ?? sets.exec(rule.rule) ?? [];
  const { options = [] } = table.columns[needColumn(table, column)] ?? {};
  const states = moves.test(rule.rule) ? movesOf(rest).flatMap(({ from, to }) => [from, to]) : [rest];
  const unknown = states.find((state) => !options.includes(state));
  if (unknown !== undefined)
    throw new FormulaError(`“${column}” of “${table.title}” has no choice “${unknown}”.`);
  if (!sets.test(rule.rule)) return;
  for (const { value } of assignmentsIn(schema, name, table, rule)) expressionSql(schema, table, value, "t");
};
