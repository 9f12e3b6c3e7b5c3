import { functionsSchema } from "./app-database.ts";
import type { Line } from "./line.ts";

/** An advisory lock: two processes that begin together follow each other. */
const lock = "7308604759847";

const numbers = ["double precision", "bigint", "numeric", "integer"] as const;

const define = (head: string, type: string, body: string, how = "IMMUTABLE STRICT PARALLEL SAFE"): string =>
  `CREATE OR REPLACE FUNCTION ${functionsSchema}.${head} RETURNS ${type} LANGUAGE sql ${how} AS $$ ${body} $$`;

/**
 * The words of SQLite that apps use and PostgreSQL does not know, and Milepost's own `folded` and `fitted`. They hold no data, so that the roles of all
 * apps may use the same.
 */
const statements = (fold: string): string[] => [
  `CREATE SCHEMA IF NOT EXISTS ${functionsSchema}`,
  `GRANT USAGE ON SCHEMA ${functionsSchema} TO PUBLIC`,
  define("folded(text)", "text", fold),
  define("folded(boolean)", "boolean", "SELECT $1"),
  ...numbers.map((type) => define(`folded(${type})`, type, "SELECT $1")),
  define("instr(text, text)", "integer", "SELECT strpos($1, $2)"),
  define(
    "round(double precision, integer)",
    "double precision",
    "SELECT round($1::numeric, $2)::double precision",
  ),
  // Text counts as the number that it begins with.
  define(
    "number_in(text, integer)",
    "double precision",
    String.raw`SELECT coalesce(substring($1 FROM '^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)')::double precision, 0) + $2`,
  ),
  `DO $$ BEGIN CREATE OPERATOR ${functionsSchema}.+ (LEFTARG = text, RIGHTARG = integer, FUNCTION = ${functionsSchema}.number_in); EXCEPTION WHEN duplicate_function THEN NULL; END $$`,
  `CREATE OR REPLACE FUNCTION ${functionsSchema}.julianday(text) RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
   BEGIN RETURN to_char($1::date, 'J')::double precision - 0.5; EXCEPTION WHEN data_exception THEN RETURN NULL; END $$`,
  `CREATE OR REPLACE FUNCTION ${functionsSchema}.date(text, text) RETURNS text LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
   BEGIN
     IF $1 = 'now' THEN RETURN to_char(now(), 'YYYY-MM-DD'); END IF;
     RETURN to_char($1::timestamp + $2::interval, 'YYYY-MM-DD');
   EXCEPTION WHEN data_exception THEN RETURN NULL; END $$`,
  define(
    "strftime(text, text, text)",
    "text",
    `SELECT to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS')`,
    "STABLE PARALLEL SAFE",
  ),
  ...["text", "boolean", ...numbers].map(
    (type) =>
      // Which table is meant is only known where it runs.
      `CREATE OR REPLACE FUNCTION ${functionsSchema}.fitted(text, integer, ${type}) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
       BEGIN RETURN (SELECT becomes FROM "_fitted" f WHERE f.type = $1 AND f.digits = $2 AND f.hash = md5($3::text)); END $$`,
  ),
];

/** Makes the functions, or makes them anew as this version has them. */
export const makeFunctions = (line: Line): void => {
  const hasIcu =
    line.ask([{ sql: `SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'`, values: [] }]).rows.length >
    0;
  // Accents are signs of their own after taking a letter apart; what is no letter of the alphabet has small forms too.
  const fold = String.raw`SELECT lower(regexp_replace(normalize($1, NFD), '[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u0652\u0900-\u0903\u093c\u094d\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u005e\u0060\u00a8\u00af\u00b4\u00b7\u00b8]', '', 'g')${hasIcu ? ' COLLATE "und-x-icu"' : ""}) COLLATE "C"`;
  line.ask([
    { sql: `BEGIN; SELECT pg_advisory_xact_lock(${lock}); SET LOCAL check_function_bodies = off` },
    ...statements(fold).map((sql) => ({ sql })),
    { sql: "COMMIT" },
  ]);
};
