import { z } from "zod";
import type { Heard } from "#messengers/hearing.ts";

const event = z.object({
  type: z.string(),
  subtype: z.string().optional(),
  bot_id: z.string().optional(),
  user: z.string().optional(),
  text: z.string().optional(),
  channel: z.string().optional(),
  channel_type: z.string().optional(),
  ts: z.string().optional(),
  thread_ts: z.string().optional(),
});

/** https://docs.slack.dev/apis/events-api/using-socket-mode, as far as it is read. */
export const envelopeShape = z.object({
  envelope_id: z.string(),
  type: z.enum(["events_api", "interactive", "slash_commands"]),
  payload: z.looseObject({
    event_id: z.string().optional(),
    team_id: z.string().optional(),
    event: event.optional(),
    // Of a press.
    type: z.string().optional(),
    user: z.object({ id: z.string(), name: z.string().optional() }).optional(),
    team: z.object({ id: z.string() }).nullish(),
    container: z.object({ channel_id: z.string(), message_ts: z.string() }).partial().optional(),
    actions: z.array(z.object({ value: z.string().optional(), action_ts: z.string().optional() })).optional(),
    response_url: z.string().optional(),
    // Of a command.
    text: z.string().optional(),
    user_id: z.string().optional(),
    user_name: z.string().optional(),
    channel_id: z.string().optional(),
    trigger_id: z.string().optional(),
  }),
});
export type Envelope = z.output<typeof envelopeShape>;

/** What of an envelope is for us, and where it is answered. */
export interface HeardThere {
  heard: Heard;
  /** The thread that it was said in. */
  thread: string | null;
  /** Where it is answered so that only who said it sees it; null: where it was said. */
  privately: string | null;
}

/** Null: it is nothing that is for us, such as our own messages. */
export const heardIn = ({ type, payload }: Envelope, connectionId: string): HeardThere | null => {
  const about = (team: string, user: string, name: string, chat: string) => ({
    kind: "slack" as const,
    connectionId,
    from: { id: `${team}/${user}`, name, chat },
  });
  switch (type) {
    case "events_api": {
      const { event: said, team_id: team } = payload;
      if (said === undefined || team === undefined) return null;
      const { user, channel, ts, text, bot_id: bot, subtype, thread_ts: thread } = said;
      const isOurs = said.type === "app_mention" || (said.type === "message" && said.channel_type === "im");
      const isWord = bot === undefined && subtype === undefined && isOurs;
      if (!isWord || user === undefined || channel === undefined || ts === undefined) return null;
      const repliesTo = thread === undefined || thread === ts ? null : `${channel}/${thread}`;
      return {
        heard: {
          ...about(team, user, user, channel),
          isPublic: said.type === "app_mention",
          // To a millionth of a second, which a number holds.
          what: {
            does: "says",
            text: unescaped(text ?? ""),
            mark: Math.round(Number(ts) * 1e6),
            key: `${team}/${user} ${ts}`,
            repliesTo,
          },
        },
        thread: repliesTo === null && said.type !== "app_mention" ? null : (thread ?? ts),
        privately: null,
      };
    }
    case "interactive": {
      const { user, team, container, actions, response_url: url = null } = payload;
      const [action] = actions ?? [];
      const { channel_id: channel, message_ts: ts } = container ?? {};
      const isPress = payload.type === "block_actions" && action?.value !== undefined;
      if (!isPress || user === undefined || !team || channel === undefined || ts === undefined) return null;
      const key = `${channel}/${ts} ${action.action_ts ?? ""}`;
      return {
        heard: {
          ...about(team.id, user.id, user.name ?? user.id, channel),
          isPublic: !channel.startsWith("D"),
          what: { does: "presses", data: action.value ?? "", key },
        },
        thread: null,
        privately: url,
      };
    }
    case "slash_commands": {
      const { user_id: user, user_name: name, team_id: team, channel_id: channel } = payload;
      const { text = "", trigger_id: key = "", response_url: url = null } = payload;
      if (user === undefined || team === undefined || channel === undefined || url === null) return null;
      const what = {
        does: "says" as const,
        text: unescaped(text) || "help",
        mark: null,
        key,
        repliesTo: null,
      };
      return {
        // They are written to by themselves, not where they gave the command.
        heard: { ...about(team, user, name ?? user, user), isPublic: false, what },
        thread: null,
        privately: url,
      };
    }
    default:
      return type satisfies never;
  }
};

/** As it was typed: Slack writes three signs otherwise. */
const unescaped = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
