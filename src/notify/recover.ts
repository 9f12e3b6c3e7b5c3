import type { Clock } from "#core/clock.ts";
import type { Store } from "#core/store.ts";
import type { ChannelKind } from "./channel.ts";
import { isRepeated, mayHaveArrived } from "./settle.ts";

interface RecoverDeps {
  store: Pick<Store, "notify">;
  kinds: readonly ChannelKind[];
  clock: Pick<Clock, "now">;
}

const atOnce = 100;

/** Sees to what was on its way when the server died: nobody knows whether it arrived. */
export const recover = async ({ store: { notify }, kinds, clock }: RecoverDeps): Promise<void> => {
  for (;;) {
    const left = await notify.onTheirWay(atOnce);
    for (const { id, kind, channelId } of left) {
      const channel = await notify.channel(channelId);
      const how = kinds.find((one) => one.kind === channel?.kind);
      const because = "Milepost ended while this was on its way.";
      await notify.changeDelivery(
        id,
        "sending",
        isRepeated(kind, how?.can.idempotent ?? false)
          ? { state: "waiting", nextAt: clock.now(), because }
          : { state: "failed", nextAt: null, because: `${because} ${mayHaveArrived}` },
      );
    }
    if (left.length < atOnce) return;
  }
};
