import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A provider of models on loopback that speaks OpenAI's chat completions and answers everything with one sentence. */
export interface ModelProvider {
  /** What OpenClaw is told as `baseUrl`. */
  baseUrl: string;
  /** The only key that it takes. */
  apiKey: string;
  /** What it was asked, newest last. */
  asked: readonly string[];
  /** From now on it answers with this error, as providers do; with null it answers again. */
  refuse(error: { status: number; body: object } | null): void;
  close(): Promise<void>;
}

export const startModelProvider = async (answer: string): Promise<ModelProvider> => {
  const asked: string[] = [];
  let refused: { status: number; body: object } | null = null;
  const apiKey = "sk-stand-in";
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(body);
    const error = request.headers.authorization === `Bearer ${apiKey}` ? refused : wrongKey;
    if (error !== null) {
      response.writeHead(error.status, { "content-type": "application/json" });
      response.end(JSON.stringify(error.body));
      return;
    }
    const head = { id: "c1", object: "chat.completion.chunk", created: 1, model: "tiny" };
    const chunk = (delta: object, finish_reason: string | null) =>
      `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk({ role: "assistant", content: answer }, null));
    response.write(chunk({}, "stop"));
    response.end("data: [DONE]\n\n");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    apiKey,
    asked,
    refuse: (error) => {
      refused = error;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const wrongKey = {
  status: 401,
  body: { error: { message: "Incorrect API key provided", type: "invalid_request_error" } },
};
