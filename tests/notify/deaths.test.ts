import { expect, onTestFinished, test } from "vitest";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Delivery } from "#core/notify.ts";
import { ownerId } from "#core/people.ts";
import type { Store } from "#core/store.ts";
import type { Press } from "#notify/decisions.ts";
import type { Notify } from "#notify/notify.ts";
import { flow, openWorld, realClock, type World } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { newStore } from "../store/new-store.ts";
import { asksFirst, notifyOver, type Recorder, recorder } from "./world.ts";

/** A store that dies at the n-th commit of the outbox, before it or right after it; nothing asked of it then or later is answered. */
const dyingOutbox = (store: Store, n: number, when: "before" | "after") => {
  let commits = 0;
  let isDead = false;
  const died = Promise.withResolvers<false>();
  const die = () => {
    isDead = true;
    died.resolve(false);
    return new Promise<never>(() => {});
  };
  const counted =
    <A extends unknown[], R>(call: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      if (isDead || (++commits === n && when === "before")) return die();
      const isLast = commits === n;
      const done = await call(...given);
      return isLast ? die() : done;
    };
  const { notify } = store;
  const mortal: Store = {
    ...store,
    notify: {
      ...notify,
      spread: counted(notify.spread),
      changeDelivery: counted(notify.changeDelivery),
      due: (...given) => (isDead ? die() : notify.due(...given)),
    },
  };
  return { died: died.promise, store: mortal };
};

const ends = flow("ends")
  .do("only", "Only step", { run: async () => {} })
  .hands(() => ({ sentence: "All is well." }));
const fails = flow("fails")
  .do("only", "Only step", {
    run: async () => {
      throw new AppError("rejected", "The disk is full.");
    },
  })
  .hands(() => ({ sentence: "It never comes to this." }));
/** Nobody waits for what only keeps a server from working without end. */
const hasty: Clock = {
  ...realClock,
  after: (ms, call) => realClock.after(ms > 3_000 ? ms : Math.min(ms, 2), call),
};
const byAda: Press = { person: { id: ownerId, name: "Ada", role: "admin" }, channel: "Telegram" };

/** Presses the first button that the phone shows of a run, once the outbox knows that it is there, or has died. */
const pressed = async (
  phone: Recorder,
  { decisions }: Notify,
  { runId, isKnown }: { runId: string; isKnown(): Promise<boolean> },
): Promise<void> => {
  for (;;) {
    const asked = phone.sent.find(({ kind, thread }) => kind === "needs-you" && thread?.id === runId);
    if (asked !== undefined && (await isKnown())) {
      await decisions.press(asked.buttons[0]?.token ?? "", "press", byAda);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
};

/** Resolves once nothing of these runs is left to be told or edited, and nothing is on its way. */
const told = async ({ notify }: Store, runs: readonly string[]): Promise<true> => {
  for (;;) {
    const all = (await Promise.all(runs.map((id) => notify.deliveriesOf(id)))).flat();
    const first = all.filter(({ key }) => !key.includes(" again "));
    const isDone = ({ state, nextAt }: Delivery) => nextAt === null && state !== "sending";
    const isAllThere = ["needs-you", "failed", "finished"].every((kind) =>
      first.some((one) => one.kind === kind),
    );
    if ((await notify.notices(1)).length === 0 && isAllThere && first.every(isDone)) return true;
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
};

/** Lets the outbox die at its n-th commit, while a run asks, one failed and one is completed, and a second one go on. */
const dieAt = async ({ store, ...world }: World, n: number, when: "before" | "after") => {
  const phone = recorder("phone");
  const asks = await world.start({}, "careful");
  const runs = [asks, await world.start({}, "fails"), await world.start({}, "ends")];
  for (const id of runs) await world.until(id, "asking", "failed", "completed");
  const mortal = dyingOutbox(store, n, when);
  const first = notifyOver(world, mortal.store, [phone.kind], hasty);
  const second = notifyOver(world, store, [phone.kind], hasty);
  first.open();
  // Pressed by whoever is there: a decision is a commit of its run, and needs no outbox that is at work.
  let isDead = false;
  const died = mortal.died.then((is) => {
    isDead = true;
    return is;
  });
  const question = async () =>
    (await store.notify.deliveriesOf(asks)).find(
      ({ kind, key }) => kind === "needs-you" && !key.includes(" again "),
    );
  const isKnown = async () => isDead || typeof (await question())?.sentAt === "number";
  const press = pressed(phone, second, { runId: asks, isKnown });
  const isWhole = await Promise.race([died, press.then(() => told(store, runs))]);
  second.open();
  await press;
  await told(store, runs);
  await second.close();
  // It may die of what it does last.
  if (isWhole) await Promise.race([first.close(), died]);
  const ofRun = (kind: string, id = "") =>
    phone.sent.filter((one) => one.kind === kind && one.thread?.id === id).length;
  const shown = phone.edits.filter(({ message }) => message.kind === "needs-you").at(-1)?.message;
  const sentAt = (await question())?.sentAt;
  return {
    isWhole,
    shown,
    isKnown: sentAt !== null,
    times: (kind: string) => runs.map((id) => ofRun(kind, id)),
  };
};

test("killed at every commit of the outbox, a question and a failure are told at least once, nothing else twice, and a decision is shown", async () => {
  const store = await newStore();
  const world = await openWorld([asksFirst(), fails, ends], { store });
  onTestFinished(() => world.close());
  const { channels } = notifyOver(world, store, [recorder("phone").kind]);
  await channels.add({ personId: ownerId, kind: "phone", name: "Phone", values: {} }, ada);
  let commits = 0;
  let unknown = 0;
  for (let n = 1; commits === 0; n++)
    for (const when of ["before", "after"] as const) {
      const { isWhole, shown, isKnown, times } = await dieAt({ ...world, store }, n, when);
      const at = `${when} commit ${n}`;
      for (const kind of ["needs-you", "failed"] as const) {
        const most = Math.max(...times(kind));
        expect(most, `${kind} ${at}`).toBeGreaterThanOrEqual(1);
        expect(most, `${kind} ${at}`).toBeLessThanOrEqual(2);
      }
      for (const kind of ["live", "finished"])
        expect(Math.max(...times(kind)), `${kind} ${at}`).toBeLessThanOrEqual(1);
      // What nobody here knows to be there cannot be changed; its buttons then do nothing any more.
      expect(shown !== undefined, at).toBe(isKnown);
      if (shown === undefined) unknown += 1;
      else
        expect([shown.sentence.slice(0, 27), shown.buttons], at).toEqual(["Approved by Ada in Telegram", []]);
      if (isWhole) commits = n;
    }
  expect(commits).toBeGreaterThanOrEqual(10);
  expect(unknown).toBeLessThanOrEqual(2);
});
