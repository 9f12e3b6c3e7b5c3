import { z } from "zod";
import { createJsonClient } from "#connectors/http/json-client.ts";
import { AppError } from "#core/errors.ts";
import { ended } from "#core/sentence.ts";

/** Slack's own refusal, in its word ("channel_not_found"); it comes with status 200 but for a limit of rate. */
export class SlackError extends AppError {
  readonly word: string;

  /** `token`: what the one is called that it was asked with. */
  constructor(word: string, token: string, retryAfterMs?: number) {
    super(
      word === "ratelimited" ? "remote-busy" : "remote-refused",
      `Slack answered: ${ended((sentences[word] ?? word).replace("{token}", token))}`,
    );
    this.word = word;
    this.retryAfterMs = retryAfterMs;
  }
}

const sentences: Readonly<Record<string, string>> = {
  invalid_auth: "invalid_auth, so it does not know the {token}: copy it again into the connection",
  not_authed: "not_authed, so it was given no token",
  token_revoked: "token_revoked, so the {token} is no longer good: copy a new one into the connection",
  account_inactive: "account_inactive, so whoever installed the app is no longer there",
  missing_scope: "missing_scope, so the app has to be installed again with the manifest of the documentation",
  ratelimited: "ratelimited, too many requests",
};

/** Slack's Web API with one token. Throws SlackError, or what `createJsonClient` throws when no answer came; never with the token in it. */
export interface SlackClient {
  call<T extends z.ZodRawShape>(
    method: string,
    params: Readonly<Record<string, unknown>>,
    result: T,
    signal: AbortSignal,
  ): Promise<z.output<z.ZodObject<T>>>;
}

export const slackApi = "https://slack.com/api/";
const timeLimitMs = 15_000;

/** Methods and errors: https://docs.slack.dev/reference/methods, https://docs.slack.dev/apis/web-api/rate-limits */
export const createSlackClient = ({ token, apiRoot }: { token: string; apiRoot: string }): SlackClient => {
  const called = token.startsWith("xapp-") ? "app-level token" : "bot token";
  const ask = createJsonClient({
    headers: { authorization: `Bearer ${token}` },
    secrets: [token],
    lead: "to",
    advice: "Check the address of Slack's API in the connection.",
    timeLimitMs,
    largestAnswerBytes: 4 * 1024 * 1024,
    refused: ({ status, json, retryAfterMs, host }) => {
      const told = z.object({ error: z.string() }).safeParse(json);
      if (status === 429) return new SlackError("ratelimited", called, retryAfterMs);
      if (status < 500 && told.success) return new SlackError(told.data.error, called);
      return new AppError("remote-failed", `${host} answered with status ${status}.`);
    },
  });
  return {
    call: async (method, params, result, signal) => {
      const question = {
        method: "POST" as const,
        url: new URL(method, apiRoot),
        body: params,
        headers: { "content-type": "application/json; charset=utf-8" },
        schema: z.looseObject({ ok: z.boolean(), error: z.string().optional() }),
        about: method,
      };
      const answer = await ask(question, signal);
      if (!answer.ok) throw new SlackError(answer.error ?? "no reason", called);
      const checked = z.object(result).safeParse(answer);
      if (checked.success) return checked.data;
      throw new AppError("remote-odd", `Slack's answer to ${method} is not one that we understand.`);
    },
  };
};
