import { createHmac } from "node:crypto";
import { createLookup } from "#connectors/http/reach.ts";
import type { Others } from "#core/others.ts";
import { appriseChannel } from "#notify/channels/apprise.ts";
import { discordChannel } from "#notify/channels/discord.ts";
import { emailChannel } from "#notify/channels/email.ts";
import { ntfyChannel } from "#notify/channels/ntfy.ts";
import { createPushChannel } from "#notify/channels/push.ts";
import { slackChannel } from "#notify/channels/slack.ts";
import { slackWebhookChannel } from "#notify/channels/slack-webhook.ts";
import { teamsChannel } from "#notify/channels/teams.ts";
import { telegramChannel } from "#notify/channels/telegram.ts";
import { createWebhookChannel } from "#notify/channels/webhook.ts";
import { createNotify, type Notify, type NotifyDeps } from "#notify/notify.ts";
import { createPushKeys } from "#notify/push-keys.ts";

interface TellingDeps extends Omit<NotifyDeps, "kinds" | "key" | "zone"> {
  /** The one that seals. */
  key: Uint8Array;
  others: Pick<Others, "say">;
}

/** How people are told, by every kind of channel there is. */
export const createTelling = ({ key, others, ...deps }: TellingDeps): Notify => {
  const pushKeys = createPushKeys(deps.store.notify, deps.secrets);
  const notify = createNotify({
    ...deps,
    pushKeys,
    kinds: [
      createPushChannel({
        keys: pushKeys,
        subject: () => pushSubject(deps.address()),
        reach: "public",
        lookup: createLookup("public", { steady: true }),
      }),
      emailChannel,
      telegramChannel,
      slackChannel,
      ntfyChannel,
      discordChannel,
      slackWebhookChannel,
      teamsChannel,
      createWebhookChannel(deps.clock.now),
      appriseChannel,
    ],
    key: createHmac("sha256", key).update("milepost decisions").digest(),
    // What knows the zones takes ten megabytes, which a server need not have as long as it tells nobody anything.
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  // The one who sends may be another node. Who hears it looks, and says nothing: all of them would answer each other without end.
  return {
    ...notify,
    prefer: async (personId, said) => {
      await notify.prefer(personId, said);
      others.say("notify");
    },
    tryAgain: async (delivery) => {
      await notify.tryAgain(delivery);
      others.say("notify");
    },
  };
};

/** Apple takes no address that is not ours on the internet, so iPhones are notified only where MILEPOST_URL is one. */
const pushSubject = (address: string): string =>
  address.startsWith("https://") ? address : "mailto:milepost@localhost";
