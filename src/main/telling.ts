import { createHmac } from "node:crypto";
import { openGuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { createNtfyKind } from "#notify/channels/ntfy.ts";
import { createWebhookKind } from "#notify/channels/webhook.ts";
import { emailKind } from "#notify/channels/email.ts";
import { createNotify, type Notify, type NotifyDeps } from "#notify/notify.ts";

interface TellingDeps extends Omit<NotifyDeps, "kinds" | "key" | "zone"> {
  /** The one that seals. */
  key: Uint8Array;
}

/** How people are told: every kind of channel there is, over one guarded way out. */
export const createTelling = ({ key, ...deps }: TellingDeps): Notify => {
  // People name servers of their own at home; link-local addresses and those of clouds' keys stay out of reach.
  const fetch = openGuardedFetch({ reach: "anywhere", silenceMs: 30_000 });
  const notify = createNotify({
    ...deps,
    kinds: [emailKind, createNtfyKind(fetch), createWebhookKind(fetch, deps.clock.now)],
    key: createHmac("sha256", key).update("milepost decisions").digest(),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  return {
    ...notify,
    close: async () => {
      await notify.close();
      await fetch.close();
    },
  };
};
