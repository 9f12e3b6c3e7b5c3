import { z } from "zod";
import type { ConnectionKind, ConnectionReport, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { createSlackClient, type SlackClient, slackApi } from "./client.ts";

export const slackKind: ConnectionKind = {
  kind: "slack",
  title: "Slack app",
  about:
    "Tells people in Slack, and takes their answers from there. It calls Slack, so no public address is needed.",
  fields: [
    {
      name: "botToken",
      label: "Bot token",
      help: "Of your app, under “OAuth & Permissions”. It begins with xoxb-. The documentation has a manifest that makes the app.",
      placeholder: "xoxb-…",
      required: true,
      secret: true,
    },
    {
      name: "appToken",
      label: "App-level token",
      help: "Under “Basic Information”, with the scope connections:write. It begins with xapp-.",
      placeholder: "xapp-…",
      required: true,
      secret: true,
    },
    {
      name: "apiRoot",
      label: "Address of Slack's API",
      preset: slackApi,
      required: true,
      secret: false,
    },
  ],
  check: (values) => ({
    botToken: checkedToken(values, "botToken", "xoxb-"),
    appToken: checkedToken(values, "appToken", "xapp-"),
    apiRoot: checkedRoot(values),
  }),
  async test(values, signal): Promise<ConnectionReport> {
    const start = performance.now();
    const report = (ok: boolean, sentence: string, facts: ConnectionReport["facts"] = []) => ({
      ...{ ok, sentence, facts },
      latencyMs: Math.round(performance.now() - start),
    });
    try {
      const { team, user } = await openSlack(values).call("auth.test", {}, authShape, signal);
      await openSlackApp(values).call("apps.connections.open", {}, ticketShape, signal);
      return report(true, `Signed in to ${team} as ${user}.`);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === "cancelled" || thrown.code === "internal")
        throw thrown;
      return report(false, thrown.message);
    }
  },
};

export const authShape = { team: z.string(), team_id: z.string(), user: z.string(), user_id: z.string() };
/** Good for one WebSocket. */
export const ticketShape = { url: z.string() };

/** As the bot: it writes and edits messages. */
export const openSlack = (values: ConnectionValues): SlackClient =>
  createSlackClient({ token: checkedToken(values, "botToken", "xoxb-"), apiRoot: checkedRoot(values) });

/** As the app: it opens the socket by which Slack tells what people do. */
export const openSlackApp = (values: ConnectionValues): SlackClient =>
  createSlackClient({ token: checkedToken(values, "appToken", "xapp-"), apiRoot: checkedRoot(values) });

const checkedToken = (values: ConnectionValues, field: string, begins: string): string => {
  const token = (values[field] ?? "").trim();
  if (token.startsWith(begins) && /^[\w-]{10,300}$/.test(token)) return token;
  throw new AppError(
    "bad-input",
    `This token begins with ${begins} and has letters, digits and dashes only.`,
    {
      field,
    },
  );
};

const checkedRoot = (values: ConnectionValues): string => {
  const typed = (values.apiRoot ?? "").trim() || slackApi;
  const isAddress = URL.canParse(typed) && /^https?:$/.test(new URL(typed).protocol);
  if (isAddress) return typed.endsWith("/") ? typed : `${typed}/`;
  throw new AppError("bad-input", `The address of Slack's API begins with https://. Its own is ${slackApi}`, {
    field: "apiRoot",
  });
};
