import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import type { Connection, Connections, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { type Channel, type NotifyTable, usualWants, type Wants } from "#core/notify.ts";
import type { Secrets } from "#core/secrets.ts";
import { type Address, type ChannelKind, isLinked } from "./channel.ts";
import { secretParts } from "./channels/web-address.ts";
import { reachOf } from "./reach-of.ts";
import { testChannel } from "./test-channel.ts";
import { testMessage } from "./test-message.ts";
import { withKept } from "./with-kept.ts";

/** What somebody gives of a channel; values that are left out stay as they are. */
export interface ChannelWish {
  name?: string;
  values?: ConnectionValues;
  wants?: Partial<Wants>;
  /** On again, or off. */
  state?: "on" | "off";
}

/** The ways to reach people, and what people do with theirs. Secrets go in and only senders get them out. */
export interface Channels {
  kinds: readonly ChannelKind[];
  /** Throws AppError("not-found"). */
  kind(name: string): ChannelKind;
  /** Those kinds that somebody can add now: what goes through a connection needs one. */
  offered(): Promise<ChannelKind[]>;
  /** A person's; null: everybody's. */
  of(personId: string | null): Promise<Channel[]>;
  /** The names of a person's that reach nobody; from memory. */
  brokenOf(personId: string): Promise<readonly string[]>;
  /** Throws AppError("not-found"). */
  get(id: string): Promise<Channel>;
  /** The one with this account of a kind; null: nobody linked it. */
  linked(kind: string, account: string): Promise<Channel | null>;
  /** Throws AppError("bad-input", …, { field }), and "conflict" when somebody has the account already. */
  add(made: NewChannel, by: Actor): Promise<Channel>;
  change(id: string, wish: ChannelWish, by: Actor): Promise<Channel>;
  remove(id: string, by: Actor): Promise<void>;
  /** Sends a real message by it and keeps what became of it. */
  test(id: string, signal: AbortSignal): Promise<Channel>;
  /** Opened, for a sender. Throws AppError when what it goes through is gone. */
  open(channel: Channel): Promise<Address>;
  /** The other side says that it reaches nobody. */
  broke(id: string, because: string): Promise<void>;
  /** The other side says that it is to be reached by other values from now on. */
  moved(id: string, values: ConnectionValues): Promise<void>;
}

export interface NewChannel extends Pick<Channel, "personId" | "kind"> {
  id?: string;
  name: string;
  values: ConnectionValues;
  account?: string | null;
  connectionId?: string | null;
  wants?: Partial<Wants>;
}

interface ChannelsDeps {
  table: NotifyTable;
  accounts: Pick<Accounts, "audit" | "people">;
  connections: Connections;
  secrets: Secrets;
  kinds: readonly ChannelKind[];
  clock: Clock;
  newId(): string;
}

const longestName = 100;
const noChannel = "There is no such channel; it may have been removed.";
/** Nobody needs more. */
const mostOfOne = 50;

export const createChannels = (deps: ChannelsDeps): Channels => {
  const { table, accounts, connections, secrets, kinds, clock, newId } = deps;
  const kindOf = (name: string): ChannelKind => {
    const kind = kinds.find((one) => one.kind === name);
    if (kind === undefined) throw new AppError("not-found", `There is no kind of channel “${name}”.`);
    return kind;
  };
  const get = async (id: string): Promise<Channel> => {
    const channel = await table.channel(id);
    if (channel === null) throw new AppError("not-found", noChannel);
    return channel;
  };
  const secretsOf = ({ id, sealed }: Pick<Channel, "id" | "sealed">): ConnectionValues =>
    JSON.parse(secrets.open(sealed, ownerOf(id))) as ConnectionValues;
  const kept = (kind: ChannelKind, id: string, values: ConnectionValues) => {
    const checked = kind.check(values);
    const isSecret = new Set(kind.fields.filter(({ secret }) => secret).map(({ name }) => name));
    const part = (secret: boolean) =>
      Object.fromEntries(Object.entries(checked).filter(([name]) => isSecret.has(name) === secret));
    return { values: part(false), sealed: secrets.seal(JSON.stringify(part(true)), ownerOf(id)) };
  };
  const through = async (kind: ChannelKind, id: string | null): Promise<Connection | null> => {
    if (kind.through === null) return null;
    const all = await connections.list(kind.through);
    const found = id === null ? all[0] : all.find((one) => one.id === id);
    if (found !== undefined) return found;
    throw new AppError(
      "not-allowed-now",
      `${kind.title} needs a connection that is not there. An admin adds it under Connections.`,
    );
  };
  const audit = (by: Actor, did: string, { kind, name }: Channel) =>
    accounts.audit({ at: clock.now(), by, did, target: `${kindOf(kind).title}: ${name}` });
  // Every page asks for them, and they seldom change.
  let all: Promise<readonly Channel[]> | null = null;
  const everyOne = (): Promise<readonly Channel[]> => {
    all ??= table.channels().catch((error: unknown) => {
      all = null;
      throw error;
    });
    return all;
  };
  const keep = async (channel: Channel): Promise<void> => {
    await table.putChannel(channel);
    all = null;
  };
  const put = async (channel: Channel): Promise<Channel> => {
    const changed = { ...channel, changedAt: clock.now() };
    await keep(changed);
    return changed;
  };
  const open = async (channel: Channel): Promise<Address> => {
    const connection = await through(kindOf(channel.kind), channel.connectionId);
    const own = secretsOf(channel);
    const opened = connection === null ? {} : (await connections.open(connection.id)).values;
    const sealed = Object.entries(opened).flatMap(([name, value]) =>
      connection?.values[name] === undefined ? [value] : [],
    );
    return {
      ...{ channel, values: { ...channel.values, ...own } },
      reach: await reachOf(channel, { accounts, all: everyOne, secretsOf }),
      through: opened,
      secrets: [...Object.values(own).flatMap(secretParts), ...sealed],
    };
  };
  return {
    kinds,
    kind: kindOf,
    offered: async () => {
      const there = await Promise.all(
        kinds.map(async (kind) =>
          kind.through === null || (await connections.list(kind.through)).length > 0 ? [kind] : [],
        ),
      );
      return there.flat();
    },
    of: async (personId) =>
      (await table.channels()).filter((one) => personId === null || one.personId === personId),
    brokenOf: async (personId) =>
      (await everyOne())
        .filter((one) => one.personId === personId && one.state === "broken")
        .map(({ name }) => name),
    get,
    linked: async (kind, account) =>
      (await table.channels()).find((one) => one.kind === kind && one.account === account) ?? null,
    add: async ({ id = newId(), personId, kind: name, account = null, connectionId = null, ...made }, by) => {
      const kind = kindOf(name);
      const theirs = (await table.channels()).filter((one) => one.personId === personId);
      if (theirs.length >= mostOfOne)
        throw new AppError("not-allowed-now", `${mostOfOne} channels are enough. Remove one first.`);
      if (isLinked(kind) && account === null)
        throw new AppError(
          "bad-input",
          `Add ${kind.title} on the page Notifications: it shows a code that you send from your account there.`,
          { field: "kind" },
        );
      await through(kind, connectionId);
      const at = clock.now();
      const channel: Channel = {
        id,
        personId,
        kind: name,
        name: checkedName(made.name),
        connectionId,
        account,
        ...kept(kind, id, made.values),
        wants: { ...usualWants, ...kind.usualWants, ...made.wants },
        state: "on",
        because: null,
        createdAt: at,
        changedAt: at,
        lastTest: null,
      };
      await keep(channel);
      await audit(by, "added a channel", channel);
      return channel;
    },
    change: async (id, wish, by) => {
      const before = await get(id);
      const kind = kindOf(before.kind);
      const { name = before.name, values, wants, state = before.state } = wish;
      const changed = await put({
        ...before,
        name: checkedName(name),
        // An empty secret keeps the one that is there, as long as nothing else about the address changes.
        // Whom a linked account reaches is not for anybody to write.
        ...(values === undefined || isLinked(kind)
          ? {}
          : kept(kind, id, withKept(kind, before, values, secretsOf(before)))),
        ...{ wants: { ...before.wants, ...wants }, state },
        because: state === "broken" ? before.because : null,
      });
      await audit(by, "changed a channel", changed);
      return changed;
    },
    remove: async (id, by) => {
      const channel = await get(id);
      await table.removeChannel(id);
      all = null;
      await audit(by, "removed a channel", channel);
    },
    test: async (id, signal) => {
      const channel = await get(id);
      const message = testMessage(newId(), channel, clock.now());
      const made = await testChannel(kindOf(channel.kind), message, () => open(channel), signal);
      const lastTest = { ...made, at: clock.now() };
      // What reaches somebody again is on again; what was switched off stays so.
      const isBack = made.ok && channel.state === "broken";
      return put({ ...(await get(id)), lastTest, ...(isBack ? { state: "on", because: null } : {}) });
    },
    open,
    broke: async (id, because) => {
      const channel = await table.channel(id);
      if (channel !== null && channel.state === "on") await put({ ...channel, state: "broken", because });
    },
    moved: async (id, values) => {
      const channel = await get(id);
      await put({
        ...channel,
        ...kept(kindOf(channel.kind), id, { ...channel.values, ...secretsOf(channel), ...values }),
      });
    },
  };
};

const ownerOf = (id: string): string => `channel/${id}`;

const checkedName = (given: string): string => {
  const name = given.trim();
  if (name !== "" && name.length <= longestName) return name;
  throw new AppError("bad-input", `Give the channel a name of 1 to ${longestName} characters.`, {
    field: "name",
  });
};
