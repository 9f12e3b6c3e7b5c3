import { z } from "zod";
import type { Clock } from "./clock.ts";
import { conditionSql, needColumn, valueSql } from "./computed.ts";
import { prepared, quote } from "./database.ts";
import { checkMoves, isAboutMoves, movesIn } from "./moves.ts";
import { own } from "./own.ts";
import type { AppData } from "./rows.ts";
import type { AppSchema, Rule, Table } from "./schema.ts";
import { nameSql } from "./select.ts";

/** What a change of rows would break, a sentence each. What led to it is taken back. */
export class RulesBroken extends Error {
  override readonly name = "RulesBroken";
  readonly sentences: readonly string[];
  constructor(sentences: readonly string[]) {
    super(sentences.join(" "));
    this.sentences = sentences;
  }
}

/** A row that a change may concern. */
interface Concerned {
  table: string;
  id: string;
}

const deepest = 4;

/**
 * Makes a change of one row (`id`; null: a new one) that gives the id of the row it leaves (null: none), unless it breaks a rule that held before, of
 * the row or of others that it concerns. Throws RulesBroken, and nothing of it is kept.
 */
export const keepingRules = (
  data: AppData & { clock: Clock },
  name: string,
  id: string | null,
  change: () => string | null,
): string | null => {
  if (Object.values(data.schema.tables).every(({ rules = [] }) => rules.length === 0)) return change();
  return data.db.transaction(() => {
    const before = id === null ? [] : concernedBy(data, { table: name, id });
    const moved = movesIn(data, name, id);
    const broken = new Set(brokenIn(data, before).map(({ key }) => key));
    const left = change();
    const concerned = [...before, ...(left === null ? [] : concernedBy(data, { table: name, id: left }))];
    const sentences = [
      // What a move sets comes before anything is looked at.
      ...moved.flatMap((move) => move(left)),
      ...brokenIn(data, concerned)
        .filter(({ key }) => !broken.has(key))
        .map(({ table, id: row, says }) =>
          row === left && table === name ? says : `${says} (${nameOf(data, table, row)})`,
        ),
    ];
    if (sentences.length > 0) throw new RulesBroken([...new Set(sentences)]);
    return left;
  })();
};

/**
 * A row, those whose formulas look at it through a reference (`product.price`), and of all of these the rows that they point to, whose sums and counts
 * they are part of.
 */
const concernedBy = (data: AppData, row: Concerned): Concerned[] => {
  const found = new Map<string, Concerned>();
  const add = (one: Concerned, depth: number): void => {
    const key = `${one.table} ${one.id}`;
    if (found.has(key) || depth > deepest) return;
    found.set(key, one);
    for (const next of pointedTo(data, one)) add(next, depth + 1);
  };
  let level = [row];
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    for (const one of level) add(one, 0);
    level = level
      .flatMap((one) => lookingAt(data, one))
      .filter(({ table, id }) => !found.has(`${table} ${id}`));
  }
  return [...found.values()];
};

const pointedTo = ({ db, schema }: AppData, { table, id }: Concerned): Concerned[] => {
  const references = Object.entries(own(schema.tables, table)?.columns ?? {}).filter(
    ([, { to }]) => to !== undefined,
  );
  if (references.length === 0) return [];
  const listed = references.map(([column]) => quote(column)).join(", ");
  const row = values
    .optional()
    .parse(prepared(db, `SELECT ${listed} FROM ${quote(table)} WHERE "id" = ?`).get(id));
  return references.flatMap(([column, { to = "" }]) => {
    const at = row?.[column];
    return typeof at === "string" ? [{ table: to, id: at }] : [];
  });
};

const values = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

const lookingAt = ({ db, schema }: AppData, { table, id }: Concerned): Concerned[] =>
  Object.entries(schema.tables).flatMap(([from, { columns }]) =>
    Object.entries(columns)
      .filter(([column, { to }]) => to === table && lookedThrough(schema).has(column.replace(/_id$/, "")))
      .flatMap(([column]) => {
        const ids = prepared(db, `SELECT "id" FROM ${quote(from)} WHERE ${quote(column)} = ?`)
          .pluck()
          .all(id);
        return ids.map((one) => ({ table: from, id: String(one) }));
      }),
  );

const looks = new WeakMap<AppSchema, ReadonlySet<string>>();

/** The references, without their `_id`, through which any formula of an app looks at another row. */
const lookedThrough = (schema: AppSchema): ReadonlySet<string> => {
  const known = looks.get(schema);
  if (known !== undefined) return known;
  const formulas = Object.values(schema.tables).flatMap(({ columns, rules = [] }) => [
    ...Object.values(columns).map(({ computed = "" }) => computed),
    ...rules.map(({ rule }) => rule),
  ]);
  const found = new Set(
    formulas.flatMap((text) =>
      [...text.matchAll(/([a-z][a-z0-9_]*)\.(?=[a-z])/g)].map(([, name = ""]) => name.replace(/_id$/, "")),
    ),
  );
  looks.set(schema, found);
  return found;
};

const brokenIn = ({ db, schema }: AppData, rows: readonly Concerned[]) =>
  rows.flatMap(({ table: name, id }) => {
    const table = own(schema.tables, name);
    return (table?.rules ?? []).flatMap((rule, at) => {
      if (table === undefined) return [];
      const violated = violatedSql(schema, name, table, rule);
      if (violated === null) return [];
      const found = prepared(db, `SELECT 1 FROM ${quote(name)} t WHERE t."id" = ? AND ${violated}`).get(id);
      return found === undefined ? [] : [{ key: `${name} ${id} ${at}`, table: name, id, says: saidOf(rule) }];
    });
  });

const saidOf = ({ rule, says = "" }: Rule): string => says || `This breaks the rule “${rule}”.`;

const nameOf = ({ db, schema }: AppData, name: string, id: string): string => {
  const table = own(schema.tables, name);
  if (table === undefined) return id;
  const sql = `SELECT ${nameSql(schema, table, "t")} FROM ${quote(name)} t WHERE t."id" = ?`;
  return `${table.singular}: ${String(db.prepare(sql).pluck().get(id))}`;
};

const together = /^unique ([a-z0-9_]+(?:, *[a-z0-9_]+)+)$/;
const apart =
  /^no overlap(?: per ([a-z0-9_]+(?:, *[a-z0-9_]+)*))? from ([a-z0-9_]+) until ([a-z0-9_]+)(?: when (.+))?$/;

/**
 * The SQL that holds for a row `t` that breaks a rule; null for a rule that is about what changes. `unique a, b`: no two rows say the same in all of
 * these. `no overlap per a from x until y when …`: no two spans of time of the same `a` cross. Anything else is a formula that has to hold, or to have
 * nothing to say. Throws FormulaError.
 */
const violatedSql = (schema: AppSchema, name: string, table: Table, { rule }: Rule): string | null => {
  if (isAboutMoves({ rule })) return null;
  const here = (id: string) => valueSql(schema, table, id, "t");
  const there = (id: string) => valueSql(schema, table, id, "o");
  const others = (conditions: readonly string[]) =>
    `EXISTS (SELECT 1 FROM ${quote(name)} o WHERE o."id" <> t."id" AND ${conditions.join(" AND ")})`;
  const same = (listed: string) =>
    listed.split(/, */).map((one) => `${there(needColumn(table, one))} = ${here(needColumn(table, one))}`);
  const [, columns] = together.exec(rule) ?? [];
  if (columns !== undefined) return others(same(columns));
  const [, per = "", first, last, when] = apart.exec(rule) ?? [];
  if (first === undefined || last === undefined) return `NOT (${conditionSql(schema, table, rule, "t")})`;
  const [from, until] = [needColumn(table, first), needColumn(table, last)];
  const end = (sql: string) => `coalesce(${sql}, '9999')`;
  const counts = (alias: string) => (when === undefined ? [] : [conditionSql(schema, table, when, alias)]);
  const crossing = `((${there(from)} < ${end(here(until))} AND ${here(from)} < ${end(there(until))}) OR ${there(from)} = ${here(from)})`;
  const clash = others([...(per === "" ? [] : same(per)), crossing, ...counts("o")]);
  return [clash, ...counts("t")].join(" AND ");
};

/** How many rows of a table break one of its rules now; null for a rule that is about what changes. */
export const countBroken = ({ db, schema }: AppData, name: string, rule: Rule): number | null => {
  const table = own(schema.tables, name);
  const violated = table === undefined ? null : violatedSql(schema, name, table, rule);
  return violated === null
    ? null
    : Number(
        prepared(db, `SELECT count(*) FROM ${quote(name)} t WHERE ${violated}`)
          .pluck()
          .get(),
      );
};

/** Looks that a rule names only what is there. Throws FormulaError. */
export const checkRule = (schema: AppSchema, name: string, table: Table, rule: Rule): void => {
  if (isAboutMoves(rule)) checkMoves(schema, name, table, rule);
  else violatedSql(schema, name, table, rule);
};
