import type { AccessBook } from "#core/access.ts";
import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import type { Connections } from "#core/connection.ts";
import { newId, type Random } from "#core/id.ts";
import type { Log } from "#core/log.ts";
import type { Delivery, TellingPreferences } from "#core/notify.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Store } from "#core/store.ts";
import type { Engine } from "#engine/engine.ts";
import { createBursts } from "./bursts.ts";
import type { ChannelKind } from "./channel.ts";
import { type Channels, createChannels } from "./channels.ts";
import { createDecisions, type Decisions } from "./decisions.ts";
import { offerMail } from "./default-mail.ts";
import { forgetOld } from "./forget-old.ts";
import { openPostman, type Postman, tryAgain } from "./postman.ts";
import { prefer } from "./prefer.ts";
import type { PushKeys } from "./push-keys.ts";
import { createSent, type SentCounts } from "./sent-counts.ts";
import { openSlowLooks } from "./slow-looks.ts";
import { createWatching, type Watching } from "./watching.ts";

export interface NotifyDeps {
  /** It keeps in the audit what people do with runs. */
  engine: Engine<Actor>;
  store: Pick<Store, "notify" | "run" | "history"> & { accounts: Pick<Accounts, "people" | "audit"> };
  connections: Connections;
  secrets: Secrets;
  access: AccessBook;
  kinds: readonly ChannelKind[];
  /** Of this server alone: what is decided from afar is signed with it. */
  key: Uint8Array;
  clock: Clock;
  log: Log;
  random: Random;
  /** That of the server: IANA name. */
  zone(): string;
  /** By which push services know this server; left out where there are none. */
  pushKeys?: () => Promise<PushKeys>;
  /** Where people reach it, once that is known: "https://example.org/milepost/". */
  address(): string;
}

/** Telling people, and taking their decisions. */
export interface Notify {
  channels: Channels;
  decisions: Decisions;
  watching: Watching;
  counts: SentCounts;
  zone(): string;
  /** What a browser needs to let this server push to it; null where none can. */
  pushKey(): Promise<string | null>;
  /** Gives those whose address is known a channel, where there is a mail server. */
  offerMail(): Promise<void>;
  /** Keeps what somebody says of being told, and goes by it at once. */
  prefer(personId: string, said: TellingPreferences): Promise<void>;
  /** Has what failed, or waits for its next try, sent at once. Throws AppError("not-allowed-now"). */
  tryAgain(delivery: Pick<Delivery, "id" | "state" | "attempts">): Promise<void>;
  /** Something may be due at once. */
  look(): void;
  /** Nothing is sent before. */
  open(): void;
  close(): Promise<void>;
}

export const createNotify = (deps: NotifyDeps): Notify => {
  const { store, clock, kinds, log, random, zone, connections } = deps;
  const { notify, accounts } = store;
  const freshId = () => newId(clock.now(), random);
  const watching = createWatching(clock);
  const decisions = createDecisions({ ...deps, table: notify });
  const channels = createChannels({ ...deps, table: notify, accounts, newId: freshId });
  const counts = createSent(kinds.map(({ kind }) => kind));
  const gaps = new Map<string, number>();
  const mail = () => offerMail({ channels, accounts, connections });
  let open: { postman: Postman; stopSlow(): Promise<void>; stopForgetting(): void } | null = null;
  const shared = {
    ...deps,
    channels,
    decisions,
    watching,
    newId: freshId,
    now: clock.now,
    random: Math.random,
    // An address of ours begins with a slash, and with the path below which a proxy shows us.
    absolute: (path: string) => new URL(path, deps.address()).href,
    takeGap: (channelId: string) => {
      const gapMs = gaps.get(channelId) ?? 0;
      gaps.delete(channelId);
      return gapMs;
    },
    count: counts.add,
    bursts: createBursts(),
    offerMail: mail,
    noteGap: (channelId: string, gapMs: number) => void gaps.set(channelId, gapMs),
  };
  return {
    channels,
    decisions,
    watching,
    counts,
    zone,
    pushKey: async () => (await deps.pushKeys?.())?.publicKey ?? null,
    offerMail: mail,
    prefer: async (personId, said) => {
      await prefer({ notify, now: clock.now }, personId, said);
      open?.postman.look();
    },
    tryAgain: async (delivery) => {
      await tryAgain(shared, delivery);
      open?.postman.look();
    },
    look: () => open?.postman.look(),
    open: () => {
      const postman = openPostman({ ...shared, kinds });
      open = {
        postman,
        stopSlow: openSlowLooks({ ...shared, look: postman.look, log }),
        stopForgetting: forgetOld({ notify, clock, log }),
      };
    },
    close: async () => {
      open?.stopForgetting();
      await open?.stopSlow();
      await open?.postman.stop();
    },
  };
};
