import { isLoopbackHost } from "#connectors/http/zones.ts";
import type { ConnectionKind, ConnectionReport, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { type Chat, createChat } from "./chat.ts";

const preset = "https://api.openai.com/v1";

export const openaiKind: ConnectionKind = {
  kind: "openai",
  title: "Language model (OpenAI-compatible)",
  about:
    "Drafts plans of apps. Works with OpenAI, Ollama, llama.cpp, vLLM and whatever else speaks the same API.",
  fields: [
    {
      name: "baseUrl",
      label: "API address",
      help: "With the version at its end. A model on this machine: http://127.0.0.1:11434/v1",
      placeholder: preset,
      preset,
      required: true,
      secret: false,
    },
    {
      name: "model",
      label: "Model",
      help: "As the server calls it. “Test connection” lists what is there.",
      placeholder: "gpt-4o-mini",
      required: true,
      secret: false,
    },
    {
      name: "key",
      label: "API key",
      help: "Left empty where the server asks for none. It is kept sealed and sent to this address only.",
      required: false,
      secret: true,
    },
  ],

  check: (values) => ({
    baseUrl: checkedBaseUrl(values),
    model: checkedModel(values),
    key: checkedKey(values),
  }),

  async test(values, signal): Promise<ConnectionReport> {
    const start = performance.now();
    const report = (ok: boolean, sentence: string, facts: ConnectionReport["facts"]): ConnectionReport => ({
      ok,
      sentence,
      latencyMs: Math.round(performance.now() - start),
      facts,
    });
    try {
      const chat = openChat(values);
      const models = await chat.models(signal);
      const facts = [{ label: "Models", value: models.slice(0, 40).join(", ") || "none" }];
      return models.includes(chat.model)
        ? report(true, `${chat.host} offers ${chat.model}.`, facts)
        : report(
            false,
            `${chat.host} answers, but offers no model “${chat.model}”. Choose one of its models.`,
            facts,
          );
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === "cancelled" || thrown.code === "internal")
        throw thrown;
      return report(false, thrown.message, thrown.detail ? [{ label: "Answer", value: thrown.detail }] : []);
    }
  },
};

/** A client for a stored connection. Throws AppError("bad-input", …, { field }). */
export const openChat = (values: ConnectionValues): Chat =>
  createChat({ baseUrl: checkedBaseUrl(values), model: checkedModel(values), key: checkedKey(values) });

const checkedBaseUrl = (values: ConnectionValues): string => {
  const wrong = (why: string) => new AppError("bad-input", why, { field: "baseUrl" });
  const typed = (values.baseUrl ?? "").trim();
  if (!URL.canParse(typed)) throw wrong(`The API address is no web address. OpenAI's own is ${preset}`);
  const url = new URL(typed);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw wrong(`The API address holds more than host and path. OpenAI's own is ${preset}`);
  const plain = url.protocol === "http:";
  if (url.protocol !== "https:" && !plain)
    throw wrong("The API address must begin with https:// or http://.");
  if (plain && (values.key ?? "").trim() !== "" && !isLoopbackHost(url.hostname))
    throw wrong("A key must not travel by plain http: use https://, or leave the key empty.");
  return url.href.replace(/\/+$/, "");
};

const checkedModel = (values: ConnectionValues): string => {
  const model = (values.model ?? "").trim();
  if (/^[\x21-\x7e]{1,200}$/.test(model)) return model;
  throw new AppError("bad-input", "Give the name of a model, such as gpt-4o-mini or llama3.1:8b.", {
    field: "model",
  });
};

const checkedKey = (values: ConnectionValues): string => {
  const key = (values.key ?? "").trim().replace(/^Bearer\s+/i, "");
  if (/^[\x21-\x7e]*$/.test(key)) return key;
  throw new AppError(
    "bad-input",
    "The key holds spaces or other characters that no key has. Copy it again.",
    {
      field: "key",
    },
  );
};
