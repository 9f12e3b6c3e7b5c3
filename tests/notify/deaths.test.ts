import { expect, test } from "vitest";
import { ownerId } from "#core/people.ts";
import type { Store } from "#core/store.ts";
import { memoryStore, openWorld } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { asksFirst, notifyOver, recorder } from "./world.ts";

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

/** Resolves once the question was told, as the store has it. */
const told = async ({ notify }: Store): Promise<true> => {
  for (;;) {
    const all = await notify.deliveries({ personId: null, limit: 100 });
    const first = all.filter(({ key }) => !key.includes(" again "));
    if (first.length > 1 && first.every(({ state }) => state === "sent" || state === "failed")) return true;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

/** Lets the outbox die at its n-th commit and a second one go on. Gives what reached the phone, and whether it died at all. */
const dieAt = async (n: number, when: "before" | "after") => {
  const store = await memoryStore();
  const phone = recorder("phone");
  const world = await openWorld([asksFirst()], { store });
  const channels = notifyOver(world, store, [phone.kind]).channels;
  await channels.add({ personId: ownerId, kind: "phone", name: "Phone", values: {} }, ada);
  await world.until(await world.start(), "asking");
  const mortal = dyingOutbox(store, n, when);
  const first = notifyOver(world, mortal.store, [phone.kind]);
  first.open();
  const isWhole = await Promise.race([mortal.died, told(store)]);
  const second = notifyOver(world, store, [phone.kind]);
  second.open();
  await told(store);
  await second.close();
  if (isWhole) await first.close();
  await world.close();
  const times = (kind: string) => phone.sent.filter((one) => one.kind === kind).length;
  return { isWhole, questions: times("needs-you"), lives: times("live") };
};

test("killed at every commit of the outbox, a question is told at least once and all else at most once", async () => {
  let commits = 0;
  for (let n = 1; commits === 0; n++)
    for (const when of ["before", "after"] as const) {
      const { isWhole, questions, lives } = await dieAt(n, when);
      const at = `${when} commit ${n}`;
      expect(questions, at).toBeGreaterThanOrEqual(1);
      expect(questions, at).toBeLessThanOrEqual(2);
      expect(lives, at).toBeLessThanOrEqual(1);
      if (isWhole) commits = n;
    }
  expect(commits).toBeGreaterThanOrEqual(5);
});
