import { randomBytes } from "node:crypto";
import { expect, vi } from "vitest";
import { createConnectionBook } from "#connections/book.ts";
import { createSeal } from "#connections/seal.ts";
import { slackKind } from "#connectors/slack/kind.ts";
import { telegramKind } from "#connectors/telegram/kind.ts";
import type { Actor } from "#core/actor.ts";
import { approval } from "#core/approval.ts";
import type { Clock } from "#core/clock.ts";
import type { ConnectionValues } from "#core/connection.ts";
import { newId } from "#core/id.ts";
import { start } from "#core/start.ts";
import { isOver } from "#core/states.ts";
import { workflow } from "#core/workflow.ts";
import { createMessengers, type Messengers } from "#messengers/messengers.ts";
import { createBursts } from "#notify/bursts.ts";
import { slackChannel } from "#notify/channels/slack.ts";
import { telegramChannel } from "#notify/channels/telegram.ts";
import { createChannels } from "#notify/channels.ts";
import { createDecisions } from "#notify/decisions.ts";
import { openPostman } from "#notify/postman.ts";
import { createWatching } from "#notify/watching.ts";
import { realClock, silent } from "../engine/world.ts";
import { openSite, type SiteOptions } from "../web/site.ts";

/** Asks for an approval of a risk, then is done. */
export const release = (id: string, risk: "low" | "high" = "low") =>
  workflow(id, `Release with ${risk} risk`, "Asks first.", start({ subject: () => id }))
    .ask(
      "agree",
      "Agree to it",
      approval({ about: () => ({ what: "The old one is replaced.", risk, impact: ["One page."] }) }),
    )
    .do("act", "Act", { run: async () => "done" })
    .hands(() => ({ sentence: "It is released." }));

export const ada: Actor = { kind: "person", id: "owner", name: "Ada", personId: "owner" };

/** Pauses are a hundredth as long: what waits for seconds, waits for hundredths. */
const quickClock: Clock = { now: realClock.now, after: (ms, call) => realClock.after(ms / 100, call) };
const random = (n: number) => randomBytes(n);

export type MessengersWorld = Awaited<ReturnType<typeof openMessengersWorld>>;

/** People told and heard by messengers, over a real engine and a real store in memory. */
export const openMessengersWorld = async (options: SiteOptions = {}) => {
  const site = await openSite(options);
  const { store, deps } = site;
  const seal = createSeal(randomBytes(32), random);
  const connections = createConnectionBook({
    ...{ accounts: store.accounts, clock: realClock, random, seal },
    table: store.connections,
    kinds: [telegramKind, slackKind],
  });
  const kinds = [telegramChannel, slackChannel];
  const ids = () => newId(realClock.now(), random);
  const channels = createChannels({
    ...{ connections, kinds, clock: realClock, newId: ids },
    table: store.notify,
    accounts: store.accounts,
    secrets: seal,
  });
  const decisions = createDecisions({ ...deps, table: store.notify, key: randomBytes(32) });
  const absolute = (path: string) => new URL(path, "https://milepost.example").href;
  const shared = { store, channels, decisions, access: deps.access, log: silent, absolute };
  const open = (): Messengers =>
    createMessengers({ ...shared, engine: deps.engine, connections, clock: quickClock, random });
  const postman = openPostman({
    ...shared,
    ...{ engine: deps.engine, kinds, clock: quickClock, now: realClock.now },
    watching: createWatching(realClock),
    zone: () => "UTC",
    random: () => 0,
    newId: ids,
    takeGap: () => 0,
    noteGap: () => undefined,
    offerMail: async () => undefined,
    bursts: createBursts(),
    count: () => undefined,
  });
  let messengers = open();
  await messengers.open();
  return {
    ...{ site, connections, channels, decisions },
    get messengers() {
      return messengers;
    },
    connect: (kind: string, values: ConnectionValues) => connections.add(kind, kind, values, ada),
    /** The account is linked without a code. */
    link: (kind: string, account: string, chat: string, connectionId: string, personId = "owner") =>
      channels.add(
        { personId, kind, name: kind, account, connectionId, values: { chat, name: account } },
        ada,
      ),
    /** As after a restart: what was only in memory is gone. */
    restart: async () => {
      await messengers.close();
      messengers = open();
      await messengers.open();
    },
    asking: async (flow: string) => {
      const { runId } = await deps.engine.start(flow, {}, ada);
      await site.engine.settled(runId, 5_000, AbortSignal.timeout(10_000));
      return runId;
    },
    over: async (runId: string) => {
      const picture = () => site.engine.picture(runId);
      await vi.waitFor(async () => expect(isOver((await picture()).state)).toBe(true), 50_000);
      return picture();
    },
    close: async () => {
      await messengers.close();
      await postman.stop();
      await site.close();
    },
  };
};
