import { z } from "zod";
import { createJsonClient, type Refusal } from "#connectors/http/json-client.ts";
import { AppError } from "#core/errors.ts";
import { parseJson } from "#core/parse-json.ts";
import { createMask } from "#core/secret-forms.ts";
import { gatherCompletion, type Heard } from "./gather.ts";

/** One message of a conversation with a language model. */
export interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface JsonAnswer {
  /** Undefined: there is no JSON object in the text. */
  json: unknown;
  /** Without what a model thought aloud before it answered. */
  text: string;
  /** Of question and answer together; null: the server does not count them. */
  tokens: number | null;
}

export interface Listener {
  /** How much of the answer has come, where the server streams it. */
  heard?(heard: Heard): void;
  /** The server is asked again, and why: a sentence. */
  again?(why: string): void;
}

/** A language model behind an OpenAI-compatible API. */
export interface Chat {
  model: string;
  /** Host and port, for sentences. */
  host: string;
  /**
   * The model's answer to a conversation, which should be one JSON object of this JSON Schema. Servers that take no schema, no JSON mode, no
   * temperature or no stream are asked again without. Throws AppError, see `createChat`.
   */
  askForJson(
    messages: readonly Message[],
    schema: object,
    signal: AbortSignal,
    listener?: Listener,
  ): Promise<JsonAnswer>;
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
  usage: z.object({ total_tokens: z.number() }).nullish(),
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

  /** What this server was found to take. */
  let manner: Manner = { stream: true, temperature: true, format: "schema" };
  const complete = async (
    messages: readonly Message[],
    schema: object,
    signal: AbortSignal,
    { heard = () => {}, again = () => {} }: Listener = {},
  ): Promise<z.infer<typeof completion>> => {
    const asked = manner;
    try {
      return await ask(
        {
          method: "POST",
          url: addressOf("/chat/completions"),
          body: { model, messages, ...wishes(asked, schema) },
          schema: completion,
          about: "complete a conversation",
          ...(asked.stream ? { gather: gatherCompletion({ host, mask }, heard) } : {}),
        },
        signal,
      );
    } catch (error) {
      const simpler = error instanceof Unwelcome ? simplerThan(asked, error) : null;
      if (simpler === null) throw error;
      manner = simpler;
      again(`${host} does not take the request as it was; asking again ${withoutWhat(asked, simpler)}.`);
      return complete(messages, schema, signal, { heard, again });
    }
  };

  return {
    model,
    host,
    askForJson: async (messages, schema, signal, listener) => {
      const { choices, usage } = await complete(messages, schema, signal, listener);
      const [choice] = choices;
      if (choice?.finish_reason === "length")
        throw new AppError("remote-odd", `${model} did not finish its answer: it became too long.`);
      if (choice?.message.refusal)
        throw new AppError("remote-refused", `${model} refused to answer.`, {
          detail: mask(choice.message.refusal),
        });
      const text = withoutThoughts(choice?.message.content ?? "");
      return { json: jsonIn(text), text, tokens: usage?.total_tokens ?? null };
    },
    models: async (signal) => {
      const url = addressOf("/models");
      const list = await ask({ method: "GET", url, schema: modelList, about: "list its models" }, signal);
      return list.data.map(({ id }) => id);
    },
  };
};

/** What is asked of a server besides the conversation. */
interface Manner {
  /** The answer comes word by word. */
  stream: boolean;
  /** Newer models of OpenAI take none but their own. */
  temperature: boolean;
  /** LM Studio takes schemas only, others JSON of any shape only, or neither. */
  format: "schema" | "object" | "none";
}

const wishes = ({ stream, temperature, format }: Manner, schema: object): object => ({
  ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  ...(temperature ? { temperature: 0 } : {}),
  ...(format === "schema"
    ? { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } }
    : {}),
  ...(format === "object" ? { response_format: { type: "json_object" } } : {}),
});

/** The server does not take a request as it is. */
class Unwelcome extends AppError {}

/** What to leave out next: what the server complains of, otherwise one after the other; null when nothing is left. */
const simplerThan = (manner: Manner, { detail = "" }: AppError): Manner | null => {
  const { stream, temperature, format } = manner;
  if (stream && /\bstream/i.test(detail)) return { ...manner, stream: false };
  if (temperature && (format === "none" || /temperature/i.test(detail)))
    return { ...manner, temperature: false };
  if (format !== "none") return { ...manner, format: format === "schema" ? "object" : "none" };
  return stream ? { ...manner, stream: false } : null;
};

const withoutWhat = (before: Manner, now: Manner): string => {
  if (before.stream !== now.stream) return "without a stream";
  if (before.temperature !== now.temperature) return "without a temperature";
  return now.format === "object" ? "without a schema" : "without a format";
};

/** Reasoning models think aloud first; some servers leave out the mark at the beginning. */
const withoutThoughts = (content: string): string =>
  content
    .split(/<think(?:ing)?>/i)
    .map((part) => part.split(/<\/think(?:ing)?>/i).at(-1))
    .join("");

/** Many models wrap JSON in a code block or a sentence although they were told not to. */
const jsonIn = (content: string): unknown => {
  const block = content.split("```")[1]?.replace(/^json\b/, "");
  const object = content.slice(content.indexOf("{"), content.lastIndexOf("}") + 1);
  return [content, block, object]
    .map((text) => (text === undefined ? undefined : parseJson(text)))
    .find((json) => typeof json === "object" && json !== null);
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
  // A server that is overloaded, or says when it can be asked again, means that it can.
  if (status >= 500)
    return new AppError("remote-failed", `${host} failed with status ${status}.`, {
      ...options,
      canPass: status === 503 || retryAfterMs !== undefined,
    });
  const Kind = status === 400 || status === 422 ? Unwelcome : AppError;
  return new Kind("remote-refused", `${host} refused the request with status ${status}.`, options);
};
