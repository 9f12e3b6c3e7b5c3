import { z } from "zod";
import { createJsonClient, type Refusal } from "#connectors/http/json-client.ts";
import { AppError } from "#core/errors.ts";
import { ended } from "#core/sentence.ts";

/** Telegram's own refusal: its status and its words (https://core.telegram.org/bots/api#making-requests). */
export class TelegramError extends AppError {
  readonly status: number;
  /** "Forbidden: bot was blocked by the user". */
  readonly description: string;
  /** The group has another id from now on. */
  readonly movedTo: string | null;

  constructor(status: number, description: string, more: { retryAfterMs?: number; movedTo?: string } = {}) {
    super(codeOf(status), `Telegram answered: ${ended(description)}${wayOn[status] ?? ""}`);
    this.status = status;
    this.description = description;
    this.retryAfterMs = more.retryAfterMs;
    this.movedTo = more.movedTo ?? null;
  }
}

/** What to do where it does not know the token. */
const wayOn: Readonly<Record<number, string>> = {
  401: " The bot's token is no longer good, or mistyped: copy it again from @BotFather into the connection.",
  404: " It knows no bot with this token: copy it again from @BotFather into the connection.",
};

const codeOf = (status: number) => {
  if (status === 429) return "remote-busy";
  return status >= 500 ? "remote-failed" : "remote-refused";
};

/** A bot of Telegram's. Throws TelegramError, or what `createJsonClient` throws when no answer came; never with the token in it. */
export interface TelegramClient {
  /** Calls a method of the Bot API and gives its checked result. A poll is held open for as long as it asks for. */
  call<T extends z.ZodType>(
    method: string,
    params: Readonly<Record<string, unknown>>,
    result: T,
    signal: AbortSignal,
  ): Promise<z.output<T>>;
}

export interface TelegramOptions {
  token: string;
  /** Where the Bot API is: Telegram's own, or a server of one's own. */
  apiRoot: string;
}

export const telegramApi = "https://api.telegram.org";
const timeLimitMs = 30_000;

const refusal = z.object({
  description: z.string(),
  parameters: z
    .object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() })
    .optional(),
});

export const createTelegramClient = ({ token, apiRoot }: TelegramOptions): TelegramClient => {
  const root = apiRoot.replace(/\/+$/, "");
  const ask = createJsonClient({
    headers: {},
    secrets: [token],
    lead: "to",
    advice: "Check the address of the Bot API in the connection.",
    timeLimitMs,
    largestAnswerBytes: 8 * 1024 * 1024,
    refused,
  });
  return {
    call: async (method, params, result, signal) => {
      const pollMs = typeof params.timeout === "number" ? params.timeout * 1_000 : 0;
      const question = {
        method: "POST" as const,
        url: new URL(`${root}/bot${token}/${method}`),
        body: params,
        schema: z.object({ ok: z.literal(true), result: z.unknown() }),
        about: method,
        timeLimitMs: timeLimitMs + pollMs,
      };
      const checked = result.safeParse((await ask(question, signal)).result);
      if (checked.success) return checked.data;
      throw new AppError("remote-odd", `Telegram's answer to ${method} is not one that we understand.`);
    },
  };
};

const refused = ({ status, json, host }: Refusal): AppError => {
  const told = refusal.safeParse(json);
  if (!told.success)
    return new TelegramError(status, `${host} answered with status ${status} and no reason.`);
  const { description, parameters } = told.data;
  const { retry_after: seconds, migrate_to_chat_id: to } = parameters ?? {};
  return new TelegramError(status, description, {
    ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1_000 }),
    ...(to === undefined ? {} : { movedTo: String(to) }),
  });
};
