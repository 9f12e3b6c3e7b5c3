import Database from "better-sqlite3";
import type { ActorKind } from "#core/actor.ts";
import { beforeTheFirst, hashOfEntry } from "#store/audit.ts";

interface Row {
  seq: number;
  at: number;
  name: string;
  kind: ActorKind;
  id: string | null;
  did: string;
  target: string;
  hash: string;
}

/** What was found of an audit. */
export interface Verified {
  /** How many entries were looked at, the broken one included. */
  entries: number;
  /** The last one whose hash is right; null: none is. */
  last: { seq: number; at: number; hash: string } | null;
  /** The first that does not follow from those before; null: all do. */
  broken: { seq: number; at: number } | null;
}

/** Looks whether each entry of the audit in a database follows from the one before, as it is at one moment, also while a server uses it. */
export const verifyAudit = (file: string): Verified => {
  const client = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const rows = client.prepare(
      "SELECT id AS seq, at, `by` AS name, by_kind AS kind, by_id AS id, did, target, hash FROM audit ORDER BY audit.id",
    );
    let entries = 0;
    let last: Verified["last"] = null;
    for (const { seq, at, name, kind, id, did, target, hash } of rows.iterate() as Iterable<Row>) {
      entries += 1;
      const deed = { at, by: { kind, id, name }, did, target };
      if (hash !== hashOfEntry(seq, deed, last?.hash ?? beforeTheFirst))
        return { entries, last, broken: { seq, at } };
      last = { seq, at, hash };
    }
    return { entries, last, broken: null };
  } finally {
    client.close();
  }
};

/** Whether the audit in a database holds this entry. */
export const holdsEntry = (file: string, { seq, hash }: { seq: number; hash: string }): boolean => {
  const client = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return client.prepare("SELECT 1 FROM audit WHERE id = ? AND hash = ?").get(seq, hash) !== undefined;
  } finally {
    client.close();
  }
};
