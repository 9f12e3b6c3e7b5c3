import { createHash } from "node:crypto";

/** PostgreSQL cuts longer names off, where two could become one. */
const longestName = 63;

/** SQL with question marks, as PostgreSQL numbers values; names that are too long for it are shortened, each in its own way. */
export const toPostgres = (sql: string): string => {
  let number = 0;
  return sql.replaceAll(/'(?:[^']|'')*'|"[^"]*"|\?/g, (part) =>
    part === "?" ? `$${++number}` : part.startsWith('"') ? named(part) : part,
  );
};

const named = (quoted: string): string => {
  const name = quoted.slice(1, -1);
  return name.length <= longestName
    ? quoted
    : `"${name.slice(0, 46)}.${createHash("sha256").update(name).digest("hex").slice(0, 16)}"`;
};
