import { Hono } from "hono";
import { type Delivery, type DeliveryState, deliveryStates, reminds } from "#core/notify.ts";
import { routes } from "#core/routes.ts";
import { SentPage, type ShownDelivery } from "#views/notify/sent.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import { whoseOf } from "#web/whose.ts";
import { seenDelivery } from "#web/whose-channels.ts";

type DeliveryDeps = Pick<WebDeps, "notify" | "store" | "clock" | "staticFiles">;

const shownAtOnce = 100;

/** What was sent, what waits and what failed: each sees their own, admins everybody's. */
export const deliveryPages = (deps: DeliveryDeps) => {
  const { notify, store, clock } = deps;
  return new Hono<WebEnv>()
    .get(routes.deliveries.pattern, async (c) => {
      const identity = c.get("identity");
      const state = deliveryStates.find((one) => one === c.req.query("state")) ?? null;
      const before = c.req.query("before");
      const found = await store.notify.deliveries({
        personId: whoseOf(identity),
        ...(state === null ? {} : { state }),
        ...(before === undefined ? {} : { before }),
        limit: shownAtOnce,
      });
      const last = found.length === shownAtOnce ? found.at(-1)?.id : undefined;
      return c.html(
        <SentPage
          {...pageProps(c, deps)}
          deliveries={withReminders(await shown(deps, found, identity.person.id))}
          state={state}
          next={last === undefined ? null : olderThan(state, last)}
          now={clock.now()}
        />,
      );
    })
    .post(routes.retryDelivery.pattern, async (c) => {
      await notify.tryAgain(await seenDelivery(deps, c.get("identity"), c.req.param("id")));
      return c.redirect(routes.deliveries.href(), 303);
    });
};

const olderThan = (state: DeliveryState | null, before: string): string =>
  routes.deliveries.href({ state, before });

/** What tells a question again is told with its message, where that is there too. */
const withReminders = (all: readonly ShownDelivery[]): ShownDelivery[] => {
  const firstOf = (one: ShownDelivery) => all.find(({ key }) => key === reminds(one));
  return all.flatMap((one) => {
    if (one.state === "waiting" && firstOf(one) !== undefined) return [];
    const again = all.filter((other) => other.state === "waiting" && reminds(other) === one.key);
    const againAt = again.flatMap(({ nextAt }) => (nextAt === null ? [] : [nextAt]));
    return [{ ...one, againAt: againAt.sort((a, b) => a - b) }];
  });
};

/** With the names that people know. */
export const shown = async (
  { store }: Pick<WebDeps, "store">,
  deliveries: readonly Delivery[],
  me: string,
): Promise<ShownDelivery[]> => {
  const [channels, people] = await Promise.all([store.notify.channels(), store.accounts.people()]);
  const runs = new Map<string, string>();
  for (const runId of new Set(deliveries.map((one) => one.runId))) {
    const at = runId === null ? null : await store.run(runId);
    if (runId !== null && at !== null) runs.set(runId, `${at.run.title} #${at.run.number}`);
  }
  return deliveries.map((one) => ({
    ...one,
    channel: channels.find(({ id }) => id === one.channelId)?.name ?? "a channel that is gone",
    person: one.personId === me ? null : (people.find(({ id }) => id === one.personId)?.name ?? "somebody"),
    run: one.runId === null ? null : (runs.get(one.runId) ?? null),
  }));
};
