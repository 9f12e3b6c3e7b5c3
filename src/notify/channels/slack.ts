import { z } from "zod";
import { SlackError } from "#connectors/slack/client.ts";
import { openSlack } from "#connectors/slack/kind.ts";
import type { ChannelKind, Outcome } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";
import { withoutAnswer } from "./no-answer.ts";
import { slackContent } from "./slack-blocks.ts";

const sentShape = { channel: z.string(), ts: z.string() };

/** The app writes to whoever wrote to it, so a channel of this kind is made by a code that its person writes to the app. */
export const slackChannel: ChannelKind = {
  kind: "slack",
  title: "Slack",
  about: "An app writes to you, follows each run in one message, and takes your answers.",
  through: "slack",
  fields: [],
  can: { edits: true, idempotent: false, buttons: 5, leastGapMs: 3_000 },
  check: (values) => values,
  shown: ({ name = "", chat = "" }) => (name === "" ? chat : name),
  send: (message, to, signal) =>
    told(message, async (content) => {
      const params = { channel: to.values.chat, ...content, unfurl_links: false, unfurl_media: false };
      const { channel, ts } = await openSlack(to.through).call("chat.postMessage", params, sentShape, signal);
      return { was: "delivered", remote: `${channel}/${ts}` };
    }),
  edit: async (message, remote, to, signal) => {
    const [channel = "", ts = ""] = remote.split("/");
    try {
      return await told(message, async (content) => {
        await openSlack(to.through).call("chat.update", { channel, ts, ...content }, sentShape, signal);
        return { was: "delivered", remote };
      });
    } catch (thrown) {
      if (!(thrown instanceof Gone)) throw thrown;
      return { was: "gone" };
    }
  },
};

class Gone extends Error {}

type Content = { text: string; blocks?: ReturnType<typeof slackContent>["blocks"] };

const told = async (message: Message, send: (content: Content) => Promise<Outcome>): Promise<Outcome> => {
  const content = slackContent(message, { buttons: true });
  for (const one of [content, { text: content.text, blocks: [] }]) {
    try {
      return await send(one);
    } catch (thrown) {
      if (!(thrown instanceof SlackError)) return withoutAnswer(thrown);
      if (
        one === content &&
        /^(?:invalid_blocks|invalid_blocks_format|msg_blocks_too_long)$/.test(thrown.word)
      )
        continue;
      return refusedBy(thrown);
    }
  }
  return { was: "refused", because: "Slack does not take this message." };
};

const gone = /^(?:message_not_found|cant_update_message|edit_window_closed)$/;
const dead =
  /^(?:channel_not_found|not_in_channel|is_archived|account_inactive|token_revoked|token_expired|invalid_auth|not_authed|missing_scope|user_not_found|user_disabled|org_login_required|messages_tab_disabled)$/;
const passing = /^(?:internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org)$/;

const refusedBy = ({ word, message: because, retryAfterMs }: SlackError): Outcome => {
  if (gone.test(word)) throw new Gone();
  if (word === "ratelimited") return { was: "later", because, afterMs: retryAfterMs ?? null };
  if (dead.test(word)) return { was: "dead", because };
  return passing.test(word) ? { was: "ambiguous", because } : { was: "refused", because };
};
