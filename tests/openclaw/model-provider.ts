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
  close(): Promise<void>;
}

export const startModelProvider = async (answer: string): Promise<ModelProvider> => {
  const asked: string[] = [];
  const apiKey = "sk-stand-in";
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(body);
    if (request.headers.authorization !== `Bearer ${apiKey}`) {
      response.writeHead(401, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ error: { message: "Incorrect API key provided", type: "invalid_request_error" } }),
      );
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
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
