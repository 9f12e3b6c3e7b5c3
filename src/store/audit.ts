import { hash as digest } from "node:crypto";
import { asc, desc, gt, lt } from "drizzle-orm";
import type { Accounts, AuditEntry, Deed } from "#core/accounts.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

/** What stands in the place of the hash before the first entry. */
export const beforeTheFirst = "0".repeat(64);

/**
 * The hash that ties an entry to all before it: sha256, in hexadecimal digits, of canonical JSON (RFC 8785) of the entry and `previous`, the
 * hash of the one before. Of texts and whole numbers the canonical form is what JSON.stringify writes when the members are in order.
 */
export const hashOfEntry = (seq: number, { at, by, did, target }: Deed, previous: string): string =>
  digest(
    "sha256",
    JSON.stringify({ at, by: { id: by.id, kind: by.kind, name: by.name }, did, previous, seq, target }),
    "hex",
  );

/** The audit: who did what, each entry tied to the one before. */
export const auditTable = ({
  db,
  schema: { audit },
  tx,
}: Pick<SqlDeps, "db" | "schema" | "tx">): Pick<Accounts, "audit" | "audits" | "auditsAfter"> => {
  const last = db
    .select({ id: audit.id, hash: audit.hash })
    .from(audit)
    .where(lt(audit.id, Number.MAX_SAFE_INTEGER))
    .orderBy(desc(audit.id))
    .limit(1)
    .prepare();
  return {
    audit: (deed) =>
      tx.write(function* () {
        const before = yield* one(last);
        const id = (before?.id ?? 0) + 1;
        const kept = asKept(deed);
        const { at, by, did, target } = kept;
        const hash = hashOfEntry(id, kept, before?.hash ?? beforeTheFirst);
        const row = { id, at, by: by.name, byKind: by.kind, byId: by.id, did, target, hash };
        yield* exec(db.insert(audit).values(row));
      }),
    audits: (limit) =>
      tx.read(function* () {
        const newest = db
          .select()
          .from(audit)
          .where(lt(audit.id, Number.MAX_SAFE_INTEGER))
          .orderBy(desc(audit.id));
        return (yield* rows(newest.limit(limit))).map(toEntry);
      }),
    auditsAfter: (seq, limit) =>
      tx.read(function* () {
        const behind = db.select().from(audit).where(gt(audit.id, seq)).orderBy(asc(audit.id));
        return (yield* rows(behind.limit(limit))).map(toEntry);
      }),
  };
};

const toEntry = ({
  id,
  at,
  by,
  byKind,
  byId,
  did,
  target,
  hash,
}: SqlDeps["schema"]["audit"]["$inferSelect"]): AuditEntry => ({
  seq: id,
  at,
  by: { kind: byKind, id: byId, name: by },
  did,
  target,
  hash,
});

const asKept = ({ at, by, did, target }: Deed): Deed => ({
  at,
  by: { kind: by.kind, id: by.id === null ? null : keepable(by.id), name: keepable(by.name) },
  did: keepable(did),
  target: keepable(target),
});

/** No database keeps halves of characters that take two, PostgreSQL no zero characters; and what is hashed must be what is read back. */
const keepable = (text: string): string => text.toWellFormed().replaceAll("\0", "␀");
