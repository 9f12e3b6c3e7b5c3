import type { ChannelKind } from "#notify/channel.ts";
import { answeredSentence, postJson, takenByHook } from "./post-json.ts";
import { slackContent } from "./slack-blocks.ts";
import { secretsIn, webAddress } from "./web-address.ts";

const example = "https://hooks.slack.com/services/T…/B…/…";
const dead: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks; Mattermost and Rocket.Chat take the same. */
export const slackWebhookChannel: ChannelKind = {
  kind: "slack-webhook",
  title: "Slack by incoming webhook",
  about:
    "Posts into one channel of Slack, Mattermost or Rocket.Chat. Nothing can be edited or answered there.",
  through: null,
  fields: [
    {
      name: "url",
      label: "Address of the webhook",
      help: "Whoever knows it can post there, so it is kept sealed.",
      placeholder: example,
      required: true,
      secret: true,
    },
  ],
  can: { edits: false, idempotent: false, buttons: 0, leastGapMs: 1_000 },
  check: (values) => ({ url: webAddress(values, "url", example).href }),
  shown: () => "an incoming webhook",
  send: (message, { reach, values }, signal) => {
    const url = webAddress(values, "url", example);
    return postJson({
      ...{ url, reach, signal, secrets: secretsIn(url) },
      content: slackContent(message, { buttons: false }),
      means: (answer) => {
        const { status } = answer;
        if (status >= 200 && status < 300) return takenByHook(answer, "Slack");
        const because = answeredSentence(answer);
        return dead.has(status) ? { was: "dead", because } : { was: "refused", because };
      },
    });
  },
};
