import { nothingSaid } from "#core/access.ts";
import type { Clock } from "#core/clock.ts";
import type { Connections } from "#core/connection.ts";
import type { Delivery } from "#core/notify.ts";
import { ownerId } from "#core/people.ts";
import type { Store } from "#core/store.ts";
import type { Workflow } from "#core/workflow.ts";
import { auditedEngine } from "#main/audited-engine.ts";
import type { ChannelKind, Outcome } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";
import { createNotify, type Notify } from "#notify/notify.ts";
import { flow, openWorld, realClock, silent, type World } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { newStore } from "../store/new-store.ts";
import { random, seal } from "../triggers/world.ts";

/** What a channel that lies outside of this process was asked, and what it answers. */
export interface Recorder {
  kind: ChannelKind;
  sent: Message[];
  edits: { remote: string; message: Message }[];
  /** What it answers to the next sends, the first first; then it takes everything. */
  answers: (Outcome | "hangs")[];
}

export const recorder = (
  name = "recorder",
  can: Partial<ChannelKind["can"]> = {},
  answers: Recorder["answers"] = [],
): Recorder => {
  const made: Recorder = {
    sent: [],
    edits: [],
    answers,
    kind: {
      kind: name,
      title: name,
      about: "",
      through: null,
      fields: [],
      can: { edits: true, idempotent: false, buttons: 2, leastGapMs: 0, ...can },
      usualWants: { overMs: 0 },
      check: (values) => values,
      shown: () => name,
      send: async (message) => {
        made.sent.push(message);
        const answer = made.answers.shift();
        if (answer === "hangs") return new Promise<Outcome>(() => {});
        return answer ?? { was: "delivered", remote: `r${made.sent.length}` };
      },
      edit: async (message, remote) => {
        made.edits.push({ remote, message });
        return { was: "delivered", remote };
      },
    },
  };
  return made;
};

export interface Telling {
  world: World;
  store: Store;
  notify: Notify;
  /** Resolves once this holds of what was, or is to be, sent. */
  until(holds: (all: readonly Delivery[]) => boolean): Promise<readonly Delivery[]>;
  close(): Promise<void>;
}

const noConnections: Connections = {
  list: async () => [],
  open: async () => {
    throw new Error("there is none");
  },
};

interface Opening {
  store?: Store;
  clock?: Clock;
  kinds: readonly ChannelKind[];
  /** Whether Ada has a channel of each kind from the beginning. */
  channels?: boolean;
}

/** What tells people of the runs of an engine. */
export const notifyOver = (
  { engine }: Pick<World, "engine">,
  store: Store,
  kinds: readonly ChannelKind[],
  clock: Clock = realClock,
): Notify =>
  createNotify({
    engine: auditedEngine(engine, { store, clock }),
    store,
    connections: noConnections,
    secrets: seal,
    access: nothingSaid,
    kinds,
    key: new Uint8Array(32).fill(9),
    clock,
    log: silent,
    random,
    zone: () => "UTC",
    address: () => "https://milepost.example/",
  });

/** An engine at work over a store, and what tells people of its runs. */
export const openTelling = async (
  workflows: readonly Workflow[],
  { clock = realClock, kinds, channels = true, ...given }: Opening,
): Promise<Telling> => {
  const store = given.store ?? (await newStore());
  const world = await openWorld(workflows, { store, overrides: { clock }, opened: false });
  const notify = notifyOver(world, store, kinds, clock);
  if (channels && (await store.notify.channels()).length === 0)
    for (const { kind } of kinds)
      await notify.channels.add({ personId: ownerId, kind, name: kind, values: {} }, ada);
  await world.engine.open();
  notify.open();
  return {
    world,
    store,
    notify,
    until: async (holds) => {
      for (;;) {
        const all = await store.notify.deliveries({ personId: null, limit: 100 });
        if (holds(all)) return all;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    close: async () => {
      await notify.close();
      await world.close();
    },
  };
};

/** Asks for an approval and then does something. */
export const asksFirst = (risk: "low" | "medium" | "high" = "low"): Workflow =>
  flow("careful")
    .approve("ok", "Approve the change", {
      about: () => ({ what: "The site is replaced.", risk, impact: ["The site."] }),
    })
    .do("change", "Change it", { run: async () => {} })
    .hands(() => ({ sentence: "The site is changed." }));
