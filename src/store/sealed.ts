import { secretOwner } from "#core/secrets.ts";
import { triggerOwner } from "#core/trigger.ts";
import type { Plain, PlainRow } from "./plain.ts";

/** A sealed text and whose it is. */
export interface Sealed {
  text: string;
  owner: string;
}

/** Gives a text sealed anew; null: it is to be forgotten. */
type Anew = (sealed: Sealed) => string | null;

/**
 * How a column holds sealed texts: it is one, or one as JSON; an object of them by name, or the `secrets` within what is kept; or some among other
 * texts, which stay as they are where they are none of ours.
 */
type Form = "text" | "json text" | "record" | "secrets" | "among others";

interface Place {
  table: string;
  key: readonly string[];
  column: string;
  form: Form;
  where: string;
  ownerOf(row: PlainRow): string;
  /** What is put where everything was forgotten. */
  empty?: (owner: string) => string;
  /** It is no secret that anybody entered, so that none is missed. */
  isMade?: boolean;
}

const id = ({ id: own }: PlainRow): string => String(own);

/** Where everything that is sealed stands. Nothing else keeps any: a test seals with each and changes the key. */
const places = (empty: (owner: string) => string): readonly Place[] => [
  { table: "connections", key: ["id"], column: "sealed", form: "text", where: "TRUE", ownerOf: id, empty },
  {
    ...{ table: "channels", key: ["id"], column: "sealed", form: "text", where: "TRUE", empty },
    ownerOf: (row) => `channel/${id(row)}`,
  },
  ...(["secrets", "proof"] as const).map(
    (column): Place => ({
      ...{ table: "triggers", key: ["id"], column, form: "record", where: `${column} IS NOT NULL` },
      ownerOf: (row) => triggerOwner(id(row)),
    }),
  ),
  ...(["secrets", "next_input"] as const).map(
    (column): Place => ({
      ...{ table: "runs", key: ["id"], column, where: `${column} IS NOT NULL` },
      form: column === "secrets" ? "record" : "secrets",
      ownerOf: (row) => secretOwner(id(row)),
    }),
  ),
  {
    ...{ table: "settings", key: ["name"], column: "value", form: "json text", isMade: true },
    where: "name = 'push keys'",
    ownerOf: () => "push keys",
  },
  {
    ...{ table: "sessions", key: ["id"], column: "id_token", form: "text", isMade: true },
    where: "id_token IS NOT NULL",
    ownerOf: () => "id token",
  },
  {
    ...{ table: "steps", key: ["run_id", "id"], column: "result", form: "among others", isMade: true },
    where: `result LIKE '%"v1.%'`,
    ownerOf: ({ run_id }) => `run/${run_id}/former-application`,
  },
];

/** Every secret that people entered, also of an earlier version, and also while a server uses the database. */
export const sealedIn = async (plain: Plain): Promise<Sealed[]> => {
  const found: Sealed[] = [];
  for (const place of places(() => "")) {
    if (place.isMade) continue;
    for (const row of await rowsOf(plain, place))
      replaced(row[place.column], place.form, (text) => {
        found.push({ text, owner: place.ownerOf(row) });
        return text;
      });
  }
  return found;
};

/**
 * Writes every sealed text anew, all of them in one commit or none; `anew` gives null for one that is to be forgotten. Connections and channels are
 * left with what `empty` gives, everything else without theirs. Nobody else may use the database meanwhile.
 */
export const sealAnew = (plain: Plain, anew: Anew, empty: (owner: string) => string): Promise<void> =>
  plain.together(async () => {
    for (const place of places(empty)) {
      const { table, key, column, form, ownerOf } = place;
      const at = key.map((name) => `${name} = ?`).join(" AND ");
      for (const row of await rowsOf(plain, place)) {
        const owner = ownerOf(row);
        const value =
          replaced(row[column], form, (text) => anew({ text, owner })) ?? place.empty?.(owner) ?? null;
        const keys = key.map((name) => row[name] ?? null);
        if (value === null && form === "json text")
          await plain.rows(`DELETE FROM ${table} WHERE ${at}`, keys);
        else await plain.rows(`UPDATE ${table} SET ${column} = ? WHERE ${at}`, [value, ...keys]);
      }
    }
  });

const rowsOf = async (plain: Plain, { table, key, column, where }: Place): Promise<PlainRow[]> =>
  (await plain.has(table, column))
    ? plain.rows(`SELECT ${[...key, column].join(", ")} FROM ${table} WHERE ${where}`)
    : [];

/** What the column is to hold; null: nothing is left. */
const replaced = (held: unknown, form: Form, anew: (text: string) => string | null): string | null => {
  if (typeof held !== "string") return null;
  if (form === "text") return anew(held);
  const value: unknown = JSON.parse(held);
  switch (form) {
    case "json text": {
      const text = anew(String(value));
      return text === null ? null : JSON.stringify(text);
    }
    case "record":
      return toJson(record(value, anew));
    case "secrets": {
      const input = value as { secrets?: unknown };
      return JSON.stringify({ ...input, secrets: record(input.secrets, anew) });
    }
    case "among others":
      return JSON.stringify(value, (_name, text: unknown) =>
        typeof text === "string" && sealedText.test(text) ? (anew(text) ?? text) : text,
      );
    default:
      return form satisfies never;
  }
};

const sealedText = /^v1\.[\w-]{38,}$/;

const record = (value: unknown, anew: (text: string) => string | null): Record<string, string> | null => {
  const kept = Object.entries((value ?? {}) as Record<string, string>).flatMap(([name, text]) => {
    const sealed = anew(text);
    return sealed === null ? [] : [[name, sealed] as const];
  });
  return kept.length === 0 ? null : Object.fromEntries(kept);
};

const toJson = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
