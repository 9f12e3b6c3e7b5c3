import { z } from "zod";
import { parseJson } from "#connectors/http/json-answer.ts";
import { createJsonClient, type Refusal } from "#connectors/http/json-client.ts";
import { AppError } from "#core/errors.ts";
import { createMask } from "#core/secret-forms.ts";

/** One message of a conversation with a language model. */
export interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

/** A language model behind an OpenAI-compatible API. */
export interface Chat {
  model: string;
  /** Host and port, for sentences. */
  host: string;
  /** The model's answer to a conversation, which must be one JSON object. Throws AppError, see `createChat`. */
  askForJson(messages: readonly Message[], signal: AbortSignal): Promise<{ json: unknown; text: string }>;
  /** The names of the models that are offered. */
  models(signal: AbortSignal): Promise<string[]>;
}

export interface ChatOptions {
  /** With the version: "https://api.openai.com/v1". */
  baseUrl: string;
  /** "" where the server asks for none. */
  key: string;
  model: string;
  timeLimitMs?: number;
}

const usualTimeLimitMs = 120_000;

const completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
});
const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/**
 * A client of `POST /chat/completions` and `GET /models` as OpenAI, Ollama, llama.cpp, vLLM, LM Studio and others answer them
 * (https://platform.openai.com/docs/api-reference/chat). The key goes to this host only; redirects are not followed. Throws AppError:
 * "unreachable", "timed-out", "remote-busy", "remote-refused", "remote-failed", "remote-odd", "cancelled".
 */
export const createChat = ({ baseUrl, key, model, timeLimitMs = usualTimeLimitMs }: ChatOptions): Chat => {
  const { host } = new URL(baseUrl);
  const mask = createMask([key]);
  const addressOf = (path: string) => new URL(`${baseUrl.replace(/\/+$/, "")}${path}`);
  const ask = createJsonClient({
    headers: key === "" ? {} : { authorization: `Bearer ${key}` },
    secrets: [key],
    lead: "to",
    advice:
      "Check the address of the connection: it is that of an OpenAI-compatible API, and usually ends in /v1.",
    timeLimitMs,
    largestAnswerBytes: 4 * 1024 * 1024,
    refused: (refusal) => refusalError(refusal, model),
  });

  return {
    model,
    host,
    askForJson: async (messages, signal) => {
      const { choices } = await ask(
        {
          method: "POST",
          url: addressOf("/chat/completions"),
          body: { model, messages, temperature: 0, response_format: { type: "json_object" } },
          schema: completion,
          about: "complete a conversation",
        },
        signal,
      );
      const [choice] = choices;
      const content = choice?.message.content ?? "";
      if (choice?.finish_reason === "length")
        throw new AppError("remote-odd", `${model} did not finish its answer: it became too long.`);
      if (choice?.message.refusal)
        throw new AppError("remote-refused", `${model} refused to answer.`, {
          detail: mask(choice.message.refusal),
        });
      return { json: jsonIn(content, model), text: content };
    },
    models: async (signal) => {
      const url = addressOf("/models");
      const list = await ask({ method: "GET", url, schema: modelList, about: "list its models" }, signal);
      return list.data.map(({ id }) => id);
    },
  };
};

/** Many models wrap JSON in a code block or a sentence although they were told not to. */
const jsonIn = (content: string, model: string): unknown => {
  const block = /```(?:json)?\s*([\s\S]*?)```/.exec(content)?.[1];
  const object = content.slice(content.indexOf("{"), content.lastIndexOf("}") + 1);
  for (const text of [content, block, object]) {
    const json = text === undefined ? undefined : parseJson(text);
    if (typeof json === "object" && json !== null) return json;
  }
  throw new AppError("remote-odd", `${model} answered with something that is no JSON.`, {
    detail: content.slice(0, 300),
  });
};

const problem = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });

const refusalError = ({ status, body, json, host, retryAfterMs }: Refusal, model: string): AppError => {
  const said = problem.safeParse(json);
  const detail = said.success
    ? typeof said.data.error === "string"
      ? said.data.error
      : said.data.error.message
    : body.slice(0, 300);
  const options = { detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (status === 401 || status === 403)
    return new AppError("remote-refused", `${host} does not accept the key of this connection.`, options);
  if (status === 404)
    return new AppError(
      "remote-refused",
      `${host} knows no model “${model}”, or its address is not right.`,
      options,
    );
  if (status === 429)
    return new AppError(
      "remote-busy",
      `${host} takes no more requests for now, or the account is used up.`,
      options,
    );
  // A server that says when it can be asked again means that it can.
  if (status >= 500)
    return new AppError("remote-failed", `${host} failed with status ${status}.`, {
      ...options,
      canPass: retryAfterMs !== undefined,
    });
  return new AppError("remote-refused", `${host} refused the request with status ${status}.`, options);
};
