import { z } from "zod";
import { AppError } from "#core/errors.ts";

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
const largestAnswerBytes = 4 * 1024 * 1024;

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
  const mask = (text: string): string => (key === "" ? text : text.replaceAll(key, "•••"));

  const ask = async (path: string, body: object | null, signal: AbortSignal): Promise<string> => {
    const limit = AbortSignal.timeout(timeLimitMs);
    try {
      const response = await fetch(`${baseUrl.replace(/\/+$/, "")}${path}`, {
        method: body === null ? "GET" : "POST",
        headers: {
          accept: "application/json",
          ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
          ...(body === null ? {} : { "content-type": "application/json" }),
        },
        ...(body === null ? {} : { body: JSON.stringify(body) }),
        redirect: "manual",
        signal: AbortSignal.any([signal, limit]),
      });
      const text = mask(await readText(response, host));
      if (!response.ok) throw refusal(response, text, { host, model });
      return text;
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      if (signal.aborted) throw new AppError("cancelled", "It was stopped.", { cause: thrown });
      if (limit.aborted)
        throw new AppError("timed-out", `${host} did not answer within ${Math.round(timeLimitMs / 1000)} s.`);
      throw new AppError(
        "unreachable",
        `${host} could not be reached. Check that it runs, and the address of the connection.`,
        { cause: thrown },
      );
    }
  };

  return {
    model,
    host,
    askForJson: async (messages, signal) => {
      const text = await ask(
        "/chat/completions",
        { model, messages, temperature: 0, response_format: { type: "json_object" } },
        signal,
      );
      const [choice] = read(completion, text, host).choices;
      const content = choice?.message.content ?? "";
      if (choice?.finish_reason === "length")
        throw new AppError("remote-odd", `${model} did not finish its answer: it became too long.`);
      if (choice?.message.refusal)
        throw new AppError("remote-refused", `${model} refused to answer.`, {
          detail: mask(choice.message.refusal),
        });
      return { json: jsonIn(content, model), text: content };
    },
    models: async (signal) =>
      read(modelList, await ask("/models", null, signal), host).data.map(({ id }) => id),
  };
};

const readText = async (response: Response, host: string): Promise<string> => {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > largestAnswerBytes)
      throw new AppError("remote-odd", `The answer of ${host} is larger than 4 MiB, which no plan is.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const read = <T extends z.ZodType>(schema: T, text: string, host: string): z.output<T> => {
  const checked = schema.safeParse(parsed(text));
  if (checked.success) return checked.data;
  throw new AppError(
    "remote-odd",
    `${host} did not answer as an OpenAI-compatible API does. Check the address of the connection; it usually ends in /v1.`,
    { cause: checked.error, detail: text.slice(0, 300) },
  );
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Many models wrap JSON in a code block or a sentence although they were told not to. */
const jsonIn = (content: string, model: string): unknown => {
  const block = /```(?:json)?\s*([\s\S]*?)```/.exec(content)?.[1];
  const object = content.slice(content.indexOf("{"), content.lastIndexOf("}") + 1);
  for (const text of [content, block, object]) {
    const json = text === undefined ? undefined : parsed(text);
    if (typeof json === "object" && json !== null) return json;
  }
  throw new AppError("remote-odd", `${model} answered with something that is no JSON.`, {
    detail: content.slice(0, 300),
  });
};

const problem = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });

const refusal = (
  { status, headers }: Response,
  text: string,
  { host, model }: { host: string; model: string },
): AppError => {
  const said = problem.safeParse(parsed(text));
  const detail = said.success
    ? typeof said.data.error === "string"
      ? said.data.error
      : said.data.error.message
    : text.slice(0, 300);
  if (status === 401 || status === 403)
    return new AppError("remote-refused", `${host} does not accept the key of this connection.`, { detail });
  if (status === 404)
    return new AppError("remote-refused", `${host} knows no model “${model}”, or its address is not right.`, {
      detail,
    });
  if (status === 429) {
    const seconds = Number(headers.get("retry-after"));
    return new AppError("remote-busy", `${host} takes no more requests for now, or the account is used up.`, {
      detail,
      ...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
    });
  }
  if (status >= 500)
    return new AppError("remote-failed", `${host} failed with status ${status}.`, { detail });
  return new AppError("remote-refused", `${host} refused the request with status ${status}.`, { detail });
};
