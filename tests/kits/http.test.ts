import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text as bodyOf } from "node:stream/consumers";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { secret } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { addressOf } from "#kits/http/sending.ts";
import { createKits } from "#kits/kits.ts";
import type { KitDeps } from "#kits/machine.ts";
import { mortalStore } from "../engine/dying-store.ts";
import { flow, openWorld } from "../engine/world.ts";
import { heldMs, longestHoldMs } from "../hostile/held.ts";
import { newStore } from "../store/new-store.ts";

interface Asked {
  method: string;
  url: string;
  body: string;
  headers: IncomingMessage["headers"];
}

/** A server that answers as it is told, and what it was asked. */
const openServer = async (
  answer: (
    asked: Asked,
    nth: number,
  ) => { status: number; json?: unknown; text?: string; headers?: Record<string, string> },
) => {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    asked.push({ method, url, headers, body: await bodyOf(request) });
    const said = answer(asked.at(-1) as Asked, asked.length);
    response.writeHead(said.status, { "content-type": "application/json", ...said.headers });
    response.end(said.text ?? (said.json === undefined ? "" : JSON.stringify(said.json)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, to: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api` };
};
const { request, until } = createKits({} as KitDeps);

test("whatever stands in a part of a path or a query stays in it", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.string({ unit: "grapheme" }),
      (part, value) => {
        fc.pre(!/^(\.|%2e){1,2}$/i.test(part) && part.isWellFormed() && value.isWellFormed());
        const at = addressOf("https://shop.example/api/?a=b", { path: ["lists", part], query: { q: value } });
        expect(at.origin).toBe("https://shop.example");
        const parts = at.pathname.split("/");
        expect([parts.length, decodeURIComponent(parts[3] ?? "")]).toEqual([4, part]);
        expect([at.searchParams.get("a"), at.searchParams.get("q"), at.hash]).toEqual(["b", value, ""]);
      },
    ),
    { numRuns: 50 },
  );
  for (const part of [".", "..", "%2e%2E", ".%2e", ""])
    expect(() => addressOf("https://shop.example", { path: [part] })).toThrow(
      expect.objectContaining({ code: "bad-input" }),
    );
  for (const to of ["file:///etc/passwd", "shop.example", "javascript:alert(1)"])
    expect(() => addressOf(to, {})).toThrow(expect.objectContaining({ code: "bad-input" }));
});

test("a request that was cut off is looked for before it is sent again, bears one key, gives what its schema reads, and is taken back", async () => {
  const made = new Set<string>();
  const posted = Promise.withResolvers<void>();
  const { asked, to } = await openServer(({ method, url }) => {
    const [, , , id = ""] = url.split("/");
    if (method === "POST") made.add("r");
    if (method === "POST") posted.resolve();
    if (method === "DELETE") return { status: made.delete(id) ? 204 : 404 };
    return made.has("r") ? { status: 200, json: { id: "r", changed: 3 } } : { status: 404 };
  });
  const prices = () =>
    flow()
      .do(
        "draft",
        "Draft",
        request({
          to,
          send: () => ({ method: "POST", path: ["lists"], json: { name: "a" } }),
          already: () => ({ path: ["lists", "r"] }),
          gives: z.object({ id: z.string(), changed: z.number() }),
          undo: ({ result }) => ({ method: "DELETE", path: ["lists", result?.id ?? "r"] }),
        }),
      )
      .hands((_input, { draft }) => ({ sentence: `${draft.changed} of ${draft.id}` }));
  const store = await newStore();
  const { store: mortal, die } = mortalStore(store);
  const first = await openWorld([prices()], { store: mortal });
  const id = await first.start();
  await posted.promise;
  void die();
  const second = await openWorld([prices()], { store });
  const { run } = await second.until(id, "completed", "failed");
  expect([run.outcome?.sentence, asked.map(({ method, url }) => `${method} ${url}`)]).toEqual([
    "3 of r",
    ["POST /api/lists", "GET /api/lists/r"],
  ]);
  expect([asked[0]?.headers["idempotency-key"], asked[0]?.body]).toEqual([`${id}/draft`, '{"name":"a"}']);
  await second.engine.undo(id, "Ada");
  await second.until(id, "undone", "failed");
  expect([asked.at(-1)?.method, made.size]).toEqual(["DELETE", 0]);
  await second.close();
});

test("what is waited for is asked for until it is so; busy and odd answers in between do not end it, and its words and count are shown", async () => {
  const odd = [
    { status: 503, headers: { "retry-after": "0" } },
    { status: 502 },
    { status: 400, json: { error: "ExpiredToken" } },
    { status: 200, json: "Down for maintenance" },
    { status: 200 },
  ];
  const { to } = await openServer(
    (_, nth) =>
      odd[nth - 2] ?? { status: 200, json: { state: nth > 7 ? "ready" : "packing", done: nth, of: 8 } },
  );
  const words: string[] = [];
  const state = z.object({ state: z.string(), done: z.number(), of: z.number() });
  const world = await openWorld([
    flow()
      .wait(
        "ready",
        "Ready",
        until<unknown, object, string, z.infer<typeof state>>({
          ...{ to, look: () => ({ path: ["state"] }), gives: state, everyMs: 1 },
          done: (seen) => (seen.state === "ready" ? seen.state : null),
          waiting: (seen) => seen.state,
          progress: ({ done, of }) => ({ done, total: of, what: "packed" }),
        }),
      )
      .hands((_input, { ready }) => ({ sentence: ready })),
  ]);
  world.engine.listen(({ steps }) => words.push(steps[0]?.waiting?.word ?? ""));
  const id = await world.start();
  const { run, steps } = await world.until(id, "completed", "failed");
  expect([run.outcome?.sentence, steps[0]?.progress]).toMatchObject([
    "ready",
    { done: 8, total: 8, what: "packed" },
  ]);
  expect(words.some((word) => word === "packing")).toBe(true);
  for (const said of ["it answered 502", "it answered 400", "not what it should be"])
    expect(
      words.some((word) => word.includes(said)),
      said,
    ).toBe(true);
  await world.close();
});

test.each([
  ["without a schema", {}],
  ["with a function", { gives: ({ text }: { text: string }) => JSON.parse(text) }],
])(
  "an answer that the author's functions cannot read is a look as any other, %s; their own word ends the wait",
  async (_, reading) => {
    const job = (state: string) => ({ status: 200, json: { job: { state } } });
    const odd = [
      { status: 200 },
      { status: 200, json: "Down for maintenance" },
      { status: 200, json: { error: 7 } },
    ];
    const open = (last: string) => openServer((_, nth) => odd[nth - 2] ?? job(nth > 5 ? last : "packing"));
    const servers = {
      well: await open("ready"),
      ill: await open("broken"),
      never: await openServer(() => ({ status: 200 })),
    };
    const waits = (id: keyof typeof servers) =>
      workflow(id, "A", "", start({ fields: [], subject: () => "" }))
        .wait(
          "ready",
          "Ready",
          until<unknown, object, string, { job: { state: string } }>({
            ...{ to: servers[id].to, look: () => ({ path: ["job"] }), everyMs: 1, ...reading },
            done: ({ job: { state } }) => {
              if (state === "broken") throw new Error("The job broke down.");
              return state === "ready" ? state : null;
            },
          }),
        )
        .hands(() => ({ sentence: "" }));
    const world = await openWorld([waits("well"), waits("ill"), waits("never")]);
    const end = async (id: string) =>
      (await world.until(await world.start({}, id), "completed", "failed")).run;
    expect((await end("well")).state).toBe("completed");
    expect((await end("ill")).error?.message).toContain("The job broke down.");
    expect((await end("never")).error).toMatchObject({
      code: "remote-odd",
      message: expect.stringContaining("is no JSON"),
    });
    await world.close();
  },
);

// No more of them, because this process has to send them, too.
test.each([
  ["lists in lists", "[".repeat(5_000_000)],
  ["objects", `[${"{},".repeat(1_600_000)}0]`],
])(
  "an API that answers with megabytes of %s holds nobody up, and the step says why it failed",
  async (_, text) => {
    const { to } = await openServer(() => ({ status: 200, text }));
    const flowOf = (id: string, gives: object) =>
      workflow(id, "A", "", start({ fields: [], subject: () => "" }))
        .do(
          "ask",
          "Ask",
          request<object, object, unknown>({ to, send: () => ({}), readsOnly: true, ...gives }),
        )
        .hands(() => ({ sentence: "" }));
    const world = await openWorld([flowOf("plain", {}), flowOf("shaped", { gives: z.array(z.string()) })]);
    for (const id of ["plain", "shaped"]) {
      const { longestMs, result } = await heldMs(async () =>
        world.until(await world.start({}, id), "completed", "failed"),
      );
      expect(result.run.error).toMatchObject({
        code: "remote-odd",
        message: expect.stringContaining("more than 200,000 values"),
      });
      expect(longestMs).toBeLessThan(longestHoldMs);
    }
    await world.close();
  },
);

test("a refusal ends the step with its words and without a secret, and an answer of another shape is no success", async () => {
  const { to, asked } = await openServer(({ headers, url }) =>
    url.endsWith("/odd")
      ? { status: 200, json: { id: 7 } }
      : { status: 403, json: { error: `no ${headers.authorization}` } },
  );
  const made = (id: string, path: string) =>
    workflow(id, "A", "", start({ fields: [secret("token", "Token")], subject: () => "" }))
      .do(
        "ask",
        "Ask",
        request<object, object, { id: string }, "token">({
          ...{ to, send: () => ({ path: [path] }), gives: z.object({ id: z.string() }), readsOnly: true },
          headers: ({ secret: open }) => ({ authorization: `Bearer ${open("token")}` }),
        }),
      )
      .hands(() => ({ sentence: "" }));
  const world = await openWorld([made("refused", "x"), made("odd", "odd")]);
  const refused = await world.until(await world.start({ token: "tok-123456" }, "refused"), "failed");
  expect(asked[0]?.headers.authorization).toBe("Bearer tok-123456");
  expect(refused.run.error?.message).toMatch(/^127\.0\.0\.1:\d+ refused: it answered 403\.$/);
  expect(JSON.stringify(refused)).not.toContain("tok-123456");
  const odd = await world.until(await world.start({ token: "tok-123456" }, "odd"), "failed");
  expect(odd.run.error).toMatchObject({ code: "remote-odd" });
  expect(odd.run.error?.message).toContain("What the answer says is not what it should be at “id”");
  await world.close();
});
