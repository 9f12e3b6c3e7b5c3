import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import type { Connection, ConnectionKind, Connections, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { newId, type Random } from "#core/id.ts";
import type { ConnectionTable, StoredConnection } from "#core/store.ts";
import type { Seal } from "./seal.ts";
import { testConnection } from "./test-connection.ts";

export interface ConnectionBookDeps {
  table: ConnectionTable;
  accounts: Pick<Accounts, "audit">;
  seal: Seal;
  kinds: readonly ConnectionKind[];
  clock: Clock;
  random: Random;
}

/** A connection that Milepost itself offers. */
export interface BuiltIn {
  id: string;
  kind: string;
  name: string;
  /** Those that are known before its first use. */
  values: ConnectionValues;
  /** Every process over the same store has one of its own, so nothing is kept of where this one's is. */
  isElsewhereToo?: boolean;
  /** All of them. What they lead to is started for it when it does not run. */
  open(): Promise<ConnectionValues>;
}

/** All connections with the verbs that people use on them. Secrets go in and only steps get them out, by `open`. */
export interface ConnectionBook extends Connections {
  kinds: readonly ConnectionKind[];
  /** Throws AppError("not-found"). */
  kind(name: string): ConnectionKind;
  all(): Promise<Connection[]>;
  /** Throws AppError("not-found"). */
  get(id: string): Promise<Connection>;
  /** Throws AppError("bad-input", …, { field }). */
  add(kind: string, name: string, values: ConnectionValues, by: Actor): Promise<Connection>;
  /** An empty secret keeps the one that is stored. */
  change(id: string, name: string, values: ConnectionValues, by: Actor): Promise<Connection>;
  /** Keeps what its last test offered, and nothing else of it changes. Throws AppError "not-allowed-now" when that offered nothing. */
  accept(id: string, by: Actor): Promise<Connection>;
  test(id: string, signal: AbortSignal): Promise<Connection>;
  remove(id: string, by: Actor): Promise<void>;
  /** Offers these connections of Milepost's own; `only`: and no other ones that it offered before. */
  offer(builtIns: readonly BuiltIn[], options?: { only: boolean }): Promise<void>;
}

const longestName = 100;
/** A value's: its kind looks at it with expressions that take the longer the longer it is, more than twice as long for twice the text. */
const [longestLine, longestLines] = [10_000, 256 * 1024];

export const createConnectionBook = (deps: ConnectionBookDeps): ConnectionBook => {
  const { table, accounts, seal, kinds, clock, random } = deps;
  const offered = new Map<string, BuiltIn>();

  const kindOf = (name: string): ConnectionKind => {
    const kind = kinds.find((one) => one.kind === name);
    if (kind === undefined) throw new AppError("not-found", `There is no kind of connection “${name}”.`);
    return kind;
  };
  const stored = async (id: string): Promise<StoredConnection> => {
    const found = await table.get(id);
    if (found === null)
      throw new AppError("not-found", "There is no such connection; it may have been removed.");
    return found;
  };
  const opened = (row: StoredConnection): ConnectionValues => ({
    ...row.values,
    ...(JSON.parse(seal.open(row.sealed, row.id)) as ConnectionValues),
  });
  // Whoever enters a secret again because the old one cannot be opened must not be stopped by the old one.
  const openedIfPossible = (row: StoredConnection): ConnectionValues => {
    try {
      return opened(row);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === "conflict") return {};
      throw thrown;
    }
  };
  const keep = async (
    row: Omit<StoredConnection, "sealed" | "values">,
    kind: ConnectionKind,
    values: ConnectionValues,
  ): Promise<Connection> => {
    const { open, secret } = split(kind, kind.check(filled(kind, values)));
    await table.put({ ...row, values: open, sealed: seal.seal(JSON.stringify(secret), row.id) });
    return { ...row, values: open };
  };
  /** Where a built-in one is to be found is known when it runs; what of it is no secret is shown from then on. */
  const valuesOf = async (row: StoredConnection): Promise<ConnectionValues> => {
    const builtIn = offered.get(row.id);
    if (builtIn === undefined) return opened(row);
    const values = await builtIn.open();
    if (builtIn.isElsewhereToo === true) return values;
    const kind = kindOf(row.kind);
    const { open } = split(kind, filled(kind, values));
    if (JSON.stringify(open) !== JSON.stringify(row.values)) await keep(row, kind, values);
    return values;
  };
  const audit = (by: Actor, did: string, target: string) =>
    accounts.audit({ at: clock.now(), by, did, target });

  return {
    kinds,
    kind: kindOf,
    list: async (kind) => (await table.list(kind)).map(withoutSecret),
    all: async () => (await table.list()).map(withoutSecret),
    get: async (id) => withoutSecret(await stored(id)),
    open: async (id) => {
      const row = await stored(id);
      const values = await valuesOf(row);
      return { connection: withoutSecret(row), values };
    },
    add: async (kind, name, values, by) => {
      const now = clock.now();
      const row = {
        id: newId(now, random),
        kind,
        name: checkedName(name),
        builtIn: false,
        createdAt: now,
        lastTest: null,
      };
      const added = await keep(row, kindOf(kind), values);
      await audit(by, "added a connection", added.name);
      return added;
    },
    change: async (id, name, values, by) => {
      const now = changeable(await stored(id));
      const { sealed: _, values: __, ...row } = now;
      const kind = kindOf(row.kind);
      const secrets = kind.fields.filter((field) => field.secret).map((field) => field.name);
      const isGiven = (name: string) => (values[name] ?? "") !== "";
      const before = secrets.some(isGiven) ? openedIfPossible(now) : opened(now);
      // A secret belongs to where it was entered for: it must not travel to another address unasked.
      const moved = kind.fields.some(
        (field) =>
          !field.secret &&
          field.leads !== false &&
          (values[field.name] ?? "") !== (now.values[field.name] ?? ""),
      );
      const stale = secrets.find((name) => !isGiven(name) && (before[name] ?? "") !== "");
      if (moved && stale !== undefined) {
        throw new AppError(
          "bad-input",
          "You changed where this connection leads, so enter its secret again.",
          { field: stale },
        );
      }
      const kept = secrets.filter((name) => !isGiven(name)).map((name) => [name, before[name] ?? ""]);
      const changed = await keep({ ...row, name: checkedName(name), lastTest: null }, kind, {
        ...values,
        ...Object.fromEntries(kept),
      });
      await audit(by, "changed a connection", changed.name);
      return changed;
    },
    accept: async (id, by) => {
      const row = changeable(await stored(id));
      const offer = row.lastTest?.offer;
      if (offer === undefined)
        throw new AppError("not-allowed-now", "The last test of this connection found nothing to be kept.");
      const { sealed: _, values: __, ...rest } = row;
      const values = { ...opened(row), [offer.field]: offer.value };
      const changed = await keep({ ...rest, lastTest: null }, kindOf(row.kind), values);
      await audit(by, "changed a connection", changed.name);
      return changed;
    },
    test: async (id, signal) => {
      const row = await stored(id);
      const kind = kindOf(row.kind);
      const secretsIn = (values: ConnectionValues) => Object.values(split(kind, values).secret);
      const report = await testConnection(kind, () => valuesOf(row), secretsIn, signal);
      const lastTest = { ...report, at: clock.now() };
      await table.setTest(id, lastTest);
      return { ...withoutSecret(await stored(id)), lastTest };
    },
    offer: async (builtIns, { only } = { only: true }) => {
      offered.clear();
      for (const { id, kind, name, values } of builtIns) {
        const createdAt = (await table.get(id))?.createdAt ?? clock.now();
        const sealed = seal.seal("{}", id);
        await table.put({ id, kind, name, builtIn: true, createdAt, lastTest: null, values, sealed });
      }
      for (const builtIn of builtIns) offered.set(builtIn.id, builtIn);
      for (const { id, builtIn } of only ? await table.list() : [])
        if (builtIn && !offered.has(id)) await table.remove(id);
    },
    remove: async (id, by) => {
      const row = changeable(await stored(id));
      await table.remove(id);
      await audit(by, "removed a connection", row.name);
    },
  };
};

const withoutSecret = ({ sealed: _, ...connection }: StoredConnection): Connection => connection;

const changeable = (row: StoredConnection): StoredConnection => {
  if (!row.builtIn) return row;
  throw new AppError(
    "not-allowed-now",
    "This connection comes with Milepost; it cannot be changed or removed.",
  );
};

const checkedName = (given: string): string => {
  const name = given.trim();
  if (name !== "" && name.length <= longestName) return name;
  throw new AppError("bad-input", `Give the connection a name of 1 to ${longestName} characters.`, {
    field: "name",
  });
};

/** Exactly the fields of the kind, with what stands there beforehand where one is left out; throws for a required one that is empty. */
const filled = (kind: ConnectionKind, values: ConnectionValues): ConnectionValues =>
  Object.fromEntries(
    kind.fields.map((field) => {
      const value = values[field.name] ?? field.preset ?? "";
      const most = field.multiline === true ? longestLines : longestLine;
      if (value.length > most)
        throw new AppError(
          "bad-input",
          `Give at most ${most.toLocaleString("en-US")} characters for “${field.label}”.`,
          { field: field.name },
        );
      if (field.required && value.trim() === "")
        throw new AppError("bad-input", `“${field.label}” is missing.`, { field: field.name });
      return [field.name, value];
    }),
  );

const split = (kind: ConnectionKind, values: ConnectionValues) => {
  const secretNames = new Set(kind.fields.filter((field) => field.secret).map((field) => field.name));
  const of = (secret: boolean): ConnectionValues =>
    Object.fromEntries(Object.entries(values).filter(([name]) => secretNames.has(name) === secret));
  return { open: of(false), secret: of(true) };
};
