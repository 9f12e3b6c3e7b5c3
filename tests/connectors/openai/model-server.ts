import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";

export interface ModelServer {
  baseUrl: string;
  /** What was asked, in order. */
  asked: { path: string; authorization: string | undefined; body: unknown }[];
  /** What is answered from now on. */
  answers(answer: Answer | ((asked: unknown) => Answer)): void;
  close(): Promise<void>;
}

export type Answer =
  | { status?: number; headers?: Record<string, string>; body: string; cutAfter?: true; holds?: true }
  | "nothing"
  | "cut";

/** An OpenAI-compatible server on loopback that says what it is told to. */
export const startModelServer = async (): Promise<ModelServer> => {
  let answers: Answer | ((asked: unknown) => Answer) = { body: "{}" };
  const asked: ModelServer["asked"] = [];
  const server = createServer(async (request, response) => {
    const text = await bodyOf(request);
    asked.push({
      path: request.url ?? "",
      authorization: request.headers.authorization,
      body: text === "" ? null : JSON.parse(text),
    });
    const answer = typeof answers === "function" ? answers(asked.at(-1)?.body) : answers;
    if (answer === "nothing") return;
    if (answer === "cut") return response.destroy();
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
    if (answer.holds === true) return void response.write(answer.body);
    if (answer.cutAfter === true) return void response.write(answer.body, () => response.destroy());
    response.end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    asked,
    answers: (next) => {
      answers = next;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};

/** What `POST /chat/completions` answers when the model says this. */
export const said = (content: string, more: object = {}): { body: string } => ({
  body: JSON.stringify({
    choices: [{ message: { role: "assistant", content }, finish_reason: "stop", ...more }],
  }),
});

/** The same, streamed as OpenAI does it: the role first, then a few characters at a time, then why it ended, then what it took. */
export const streamed = (content: string, more: { thinks?: string; ends?: "length" | null } = {}) => {
  const { thinks = "", ends = "stop" } = more;
  const deltas = [
    { role: "assistant", content: "" },
    ...(thinks.match(/.{1,7}/gsu) ?? []).map((reasoning_content) => ({ reasoning_content })),
    ...(content.match(/.{1,7}/gsu) ?? []).map((part) => ({ content: part })),
  ];
  const events: unknown[] = deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] }));
  if (ends !== null)
    events.push(
      { choices: [{ index: 0, delta: {}, finish_reason: ends }] },
      { choices: [], usage: { total_tokens: 1234 } },
    );
  return {
    headers: { "content-type": "text/event-stream; charset=utf-8" },
    body: `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}${ends === null ? "" : "data: [DONE]\n\n"}`,
  };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
};
