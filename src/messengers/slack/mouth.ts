import { z } from "zod";
import { type SlackClient, SlackError } from "#connectors/slack/client.ts";
import type { Said } from "#messengers/hearing.ts";
import { pressOf } from "#messengers/pressed.ts";
import { postJson } from "#notify/channels/post-json.ts";
import { actions, type Block, escapedText, linked } from "#notify/channels/slack-blocks.ts";

const sentShape = { channel: z.string(), ts: z.string() };
const personShape = {
  user: z.object({ name: z.string(), profile: z.object({ real_name: z.string().optional() }).optional() }),
};
const longestSection = 3_000;
const gone = /^(?:message_not_found|cant_update_message|edit_window_closed|channel_not_found)$/;

/** What is said in a conversation, by an app. */
export const createSlackMouth = (
  slack: SlackClient,
  absolute: (path: string) => string,
  signal: AbortSignal,
) => ({
  say: async (channel: string, thread: string | null, line: Said): Promise<string> => {
    const content = contentOf(line, absolute);
    const where = thread === null ? { channel } : { channel, thread_ts: thread };
    const params = { ...where, ...content, unfurl_links: false, unfurl_media: false };
    const sent = await slack.call("chat.postMessage", params, sentShape, signal);
    return `${sent.channel}/${sent.ts}`;
  },
  /** False: there is nothing to change any more. */
  show: async (remote: string, line: Said): Promise<boolean> => {
    const [channel = "", ts = ""] = remote.split("/");
    try {
      await slack.call("chat.update", { channel, ts, ...contentOf(line, absolute) }, sentShape, signal);
      return true;
    } catch (thrown) {
      if (thrown instanceof SlackError && gone.test(thrown.word)) return false;
      throw thrown;
    }
  },
  /** To one person, by the address that came with what they did. */
  whisper: async (address: string, line: Said): Promise<void> => {
    const url = new URL(address);
    await postJson({
      ...{ url, reach: "anywhere", signal, secrets: [url.href, url.pathname] },
      content: { response_type: "ephemeral", replace_original: false, ...contentOf(line, absolute) },
      means: () => ({ was: "delivered", remote: null }),
    });
  },
  /** As they call themselves. */
  nameOf: async (user: string): Promise<string> => {
    const { user: told } = await slack.call("users.info", { user }, personShape, signal);
    return told.profile?.real_name || told.name;
  },
});

const contentOf = (line: Said, absolute: (path: string) => string) => {
  const { lines, link, buttons } = line;
  const text = escapedText(lines.join("\n"), longestSection);
  const section = (mrkdwn: string): Block => ({ type: "section", text: { type: "mrkdwn", text: mrkdwn } });
  const pressed = buttons.map(({ label }, index) => ({ label, value: pressOf(line, index) }));
  return {
    text: text || "Milepost",
    blocks: [
      ...(text === "" ? [] : [section(text)]),
      ...(link === null ? [] : [section(linked(link.label, absolute(link.href)))]),
      ...(pressed.length === 0 ? [] : [actions(pressed)]),
    ],
  };
};
