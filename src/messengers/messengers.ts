import { createHash } from "node:crypto";
import { createConversations } from "#chat/conversation.ts";
import { statusOf } from "#chat/told.ts";
import type { AccessBook } from "#core/access.ts";
import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import type { Connections, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { Random } from "#core/id.ts";
import type { Log } from "#core/log.ts";
import { can, everything } from "#core/rights.ts";
import { permitsOf, seenBy } from "#core/seen-by.ts";
import { isOver } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import type { Engine } from "#engine/engine.ts";
import type { Channels } from "#notify/channels.ts";
import type { Decisions } from "#notify/decisions.ts";
import { createFollowing } from "./following.ts";
import { conversationOf, createHearing } from "./hearing.ts";
import type { Hears } from "./hears.ts";
import { createInTurn } from "./in-turn.ts";
import type { Line, LineDeps } from "./line.ts";
import { createLinking, type Linking } from "./linking.ts";
import { openSlackLine } from "./slack/line.ts";
import { openTelegramLine } from "./telegram/line.ts";

export interface MessengersDeps {
  /** It keeps in the audit what people do. */
  engine: Engine<Actor>;
  store: Pick<Store, "run" | "chats" | "notify"> & { accounts: Pick<Accounts, "people"> };
  connections: Connections;
  channels: Channels;
  decisions: Decisions;
  access: AccessBook;
  clock: Clock;
  log: Log;
  random: Random;
  /** An address of ours as people reach it. */
  absolute(path: string): string;
}

/** A bot or an app by which people write to Milepost. */
export interface LineState {
  connectionId: string;
  kind: string;
  /** Null: it is not known yet. */
  hears: Hears | null;
  /** Where somebody writes to it with a code: an address, or null where there is none. */
  invite(code: string): string | null;
}

/** People who write to Milepost in Telegram and Slack: heard there, answered there. */
export interface Messengers {
  linking: Linking;
  lines(): readonly LineState[];
  open(): Promise<void>;
  close(): Promise<void>;
}

/** How each kind of connection is listened to. */
const kinds: Readonly<Record<string, (values: ConnectionValues, deps: LineDeps) => Line>> = {
  telegram: openTelegramLine,
  slack: openSlackLine,
};
/** A connection that was added, changed or removed is noticed within this. */
const lookEveryMs = 5_000;

interface Held {
  kind: string;
  line: Line;
  sum: string;
  stopping: AbortController;
  hears: Hears | null;
}

export const createMessengers = (deps: MessengersDeps): Messengers => {
  const { engine, store, connections, channels, clock, log, access, absolute } = deps;
  const conversations = createConversations({ engine, chats: store.chats, clock });
  const linking = createLinking(deps);
  const held = new Map<string, Held>();
  const inTurn = createInTurn();
  let closing = new AbortController();
  let callOff = () => {};

  const channelOf = async (conversation: string) => {
    const all = await channels.of(null);
    return all.find((one) => conversationOf(one) === conversation) ?? null;
  };
  const following = createFollowing({
    engine,
    chats: store.chats,
    clock,
    log,
    tell: async (conversation, runId) => {
      const channel = await channelOf(conversation);
      const person = (await store.accounts.people()).find(({ id }) => id === channel?.personId);
      if (person === undefined || (await engine.version(runId)) === null) return null;
      const picture = await engine.picture(runId);
      const who = { person, access, scope: everything };
      const { workflowId, starter } = picture;
      if (!can(who, "read", { workflowId, starter })) return null;
      const reply = statusOf(seenBy(picture, permitsOf(who, picture)));
      return { reply, isOver: isOver(picture.state) };
    },
    show: async (conversation, line) => {
      const channel = await channelOf(conversation);
      if (channel === null || line.remote === undefined) return false;
      const by = held.get(channel.connectionId ?? "")?.line;
      if (by === undefined)
        throw new AppError("not-allowed-now", "The bot is not listened to at the moment.");
      return by.show(channel.values.chat ?? "", line.remote, line);
    },
  });
  const hear = createHearing({
    ...{ conversations, channels, linking, following, access, store },
    decisions: deps.decisions,
    table: store.notify,
    accounts: store.accounts,
    now: clock.now,
  });

  const listen = (connectionId: string, kind: string, values: ConnectionValues, sum: string) => {
    const open = kinds[kind];
    if (open === undefined) return;
    const stopping = new AbortController();
    const line = open(values, {
      connectionId,
      absolute,
      clock,
      log,
      signal: stopping.signal,
      hear: (heard, mouth) => inTurn(`${kind} ${heard.from.id}`, () => hear(heard, mouth)),
      tell: (hears) => {
        const now = held.get(connectionId);
        if (now === undefined || now.line !== line) return;
        if (!hears.ok && now.hears?.because !== hears.because)
          log.warn({ connection: connectionId, because: hears.because }, "people are not heard");
        now.hears = hears;
      },
    });
    held.set(connectionId, { kind, line, sum, stopping, hears: null });
    line.begin();
  };
  const stop = async (connectionId: string): Promise<void> => {
    const one = held.get(connectionId);
    held.delete(connectionId);
    one?.stopping.abort();
    await one?.line.ended;
  };
  const look = async (): Promise<void> => {
    const there = new Set<string>();
    for (const kind of Object.keys(kinds))
      for (const { id } of await connections.list(kind)) {
        there.add(id);
        const values = await opened(connections, id);
        if (values === null) continue;
        const sum = createHash("sha256").update(JSON.stringify(values)).digest("hex");
        if (held.get(id)?.sum === sum) continue;
        await stop(id);
        if (!closing.signal.aborted) listen(id, kind, values, sum);
      }
    for (const id of held.keys()) if (!there.has(id)) await stop(id);
  };
  let looking: Promise<void> = Promise.resolve();
  const lookOn = () => {
    looking = look()
      .catch((error: unknown) => log.warn({ err: error }, "the bots could not be looked up"))
      .then(() => {
        if (!closing.signal.aborted) callOff = clock.after(lookEveryMs, lookOn);
      });
  };
  return {
    linking,
    lines: () =>
      [...held].map(([connectionId, { kind, hears, line }]) => ({
        ...{ connectionId, kind, hears },
        invite: line.invite,
      })),
    open: async () => {
      closing = new AbortController();
      await following.open(Object.keys(kinds).map((kind) => `${kind}:`));
      lookOn();
    },
    close: async () => {
      closing.abort();
      callOff();
      await looking;
      following.close();
      await Promise.all([...held.keys()].map(stop));
    },
  };
};

/** Null where its secrets cannot be opened: the page of connections says so. */
const opened = async (connections: Connections, id: string): Promise<ConnectionValues | null> => {
  try {
    return (await connections.open(id)).values;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
    return null;
  }
};
