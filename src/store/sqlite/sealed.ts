import Database from "better-sqlite3";
import { secretOwner } from "#core/secrets.ts";
import { triggerOwner } from "#core/trigger.ts";

/** A sealed text and whose it is. */
export interface Sealed {
  text: string;
  owner: string;
}

/** Everything that is sealed in a database, also of an earlier version, and also while a server uses it. */
export const sealedIn = (file: string): Sealed[] => {
  const client = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return [
      ...connectionsOf(client).map(({ id, sealed }) => ({ text: sealed, owner: id })),
      ...runsOf(client).flatMap(({ id, secrets, next }) =>
        [secrets, secretsOf(next)].flatMap((json) =>
          textsIn(json).map((text) => ({ text, owner: secretOwner(id) })),
        ),
      ),
      ...triggersOf(client).flatMap(({ id, secrets, proof }) =>
        [secrets, proof].flatMap((json) => textsIn(json).map((text) => ({ text, owner: triggerOwner(id) }))),
      ),
    ];
  } finally {
    client.close();
  }
};

/**
 * Writes every sealed text anew, all of them in one commit or none. `anew` gives null for one that is to be forgotten: connections are
 * left with what it gives for an empty set of secrets, runs, schedules and hooks without theirs. Nobody else may use the database meanwhile.
 */
export const sealAnew = (
  file: string,
  anew: (sealed: Sealed) => string | null,
  empty: (owner: string) => string,
) => {
  const client = new Database(file, { fileMustExist: true });
  try {
    client.pragma("synchronous = FULL");
    // What was sealed by a key that somebody else may know must not stay behind in free pages.
    client.pragma("secure_delete = ON");
    client.transaction(() => writeAnew(client, anew, empty)).immediate();
    client.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    client.close();
  }
};

const writeAnew = (
  client: Database.Database,
  anew: (sealed: Sealed) => string | null,
  empty: (owner: string) => string,
): void => {
  const putConnection = client.prepare("UPDATE connections SET sealed = ? WHERE id = ?");
  for (const { id, sealed } of connectionsOf(client))
    putConnection.run(anew({ text: sealed, owner: id }) ?? empty(id), id);
  const again = (json: string | null, owner: string): string | null => {
    if (json === null) return null;
    const kept = Object.entries(JSON.parse(json) as Record<string, string>).flatMap(([name, text]) => {
      const sealed = anew({ text, owner });
      return sealed === null ? [] : [[name, sealed]];
    });
    return kept.length === 0 ? null : JSON.stringify(Object.fromEntries(kept));
  };
  const putRun = client.prepare("UPDATE runs SET secrets = ?, next_input = ? WHERE id = ?");
  for (const { id, secrets, next } of runsOf(client)) {
    const owner = secretOwner(id);
    const nextSecrets = again(secretsOf(next), owner);
    const nextInput =
      next === null
        ? null
        : JSON.stringify({ ...JSON.parse(next), secrets: JSON.parse(nextSecrets ?? "null") });
    putRun.run(again(secrets, owner), nextInput, id);
  }
  const putTrigger =
    triggersOf(client).length === 0
      ? null
      : client.prepare("UPDATE triggers SET secrets = ?, proof = ? WHERE id = ?");
  for (const { id, secrets, proof } of triggersOf(client)) {
    const owner = triggerOwner(id);
    putTrigger?.run(again(secrets, owner), again(proof, owner), id);
  }
};

const triggersOf = (client: Database.Database) =>
  has(client, "triggers", "proof")
    ? (client
        .prepare("SELECT id, secrets, proof FROM triggers WHERE secrets IS NOT NULL OR proof IS NOT NULL")
        .all() as { id: string; secrets: string | null; proof: string | null }[])
    : [];

const connectionsOf = (client: Database.Database) =>
  has(client, "connections", "sealed")
    ? (client.prepare("SELECT id, sealed FROM connections").all() as { id: string; sealed: string }[])
    : [];

const runsOf = (client: Database.Database) => {
  if (!has(client, "runs", "secrets")) return [];
  const next = has(client, "runs", "next_input") ? "next_input" : "NULL";
  return client
    .prepare(`SELECT id, secrets, ${next} AS next FROM runs WHERE secrets IS NOT NULL OR ${next} IS NOT NULL`)
    .all() as { id: string; secrets: string | null; next: string | null }[];
};

const has = (client: Database.Database, table: string, column: string): boolean =>
  client.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?").get(table, column) !== undefined;

const secretsOf = (next: string | null): string | null => {
  if (next === null) return null;
  const { secrets } = JSON.parse(next) as { secrets?: unknown };
  return secrets === null || secrets === undefined ? null : JSON.stringify(secrets);
};

const textsIn = (json: string | null): string[] =>
  json === null ? [] : Object.values(JSON.parse(json) as Record<string, string>);
