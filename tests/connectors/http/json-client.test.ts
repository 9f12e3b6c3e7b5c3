import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Question } from "#connectors/http/json-answer.ts";
import { createJsonClient, type JsonClientOptions, type Refusal } from "#connectors/http/json-client.ts";
import { AppError } from "#core/errors.ts";
import { heldMs, longestHoldMs } from "../../hostile/held.ts";
import { closedPort, never, rejection, resolverOf, serve, serveRaw, serveTls } from "./servers.ts";

const token = 't0ken/that+must"stay&secret';
const schema = z.object({ name: z.string() });

const client = (options: Partial<JsonClientOptions> = {}) => {
  const refusals: Refusal[] = [];
  const ask = createJsonClient({
    headers: { authorization: `Token ${token}` },
    secrets: [token],
    lead: "to",
    advice: "Check the address.",
    timeLimitMs: 5_000,
    largestAnswerBytes: 100_000,
    refused: (refusal) => {
      refusals.push(refusal);
      const { retryAfterMs } = refusal;
      return new AppError("remote-failed", "refused", {
        detail: refusal.body,
        canPass: true,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    },
    ...options,
  });
  return {
    refusals,
    ask: (url: string, question: Partial<Question<z.ZodType>> = {}, signal = never) =>
      ask({ method: "GET", url: new URL(url), schema, about: "show the name", ...question }, signal),
  };
};

describe("a question", () => {
  it("is signed, sent as JSON, and its answer checked, compressed or not", async () => {
    const seen: { headers: object; body: string }[] = [];
    const { origin } = await serve(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      seen.push({ headers: request.headers, body });
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"name":"a","more":1}'));
    });
    expect(await client().ask(`${origin}/x?y=1`, { method: "POST", body: { a: 1 } })).toEqual({ name: "a" });
    expect(seen).toMatchObject([
      {
        headers: {
          authorization: `Token ${token}`,
          "content-type": "application/json",
          "user-agent": "Milepost",
        },
        body: '{"a":1}',
      },
    ]);
  });

  it("may have an empty answer only where that is expected", async () => {
    const { origin } = await serve((_, response) => response.writeHead(200).end(" "));
    const nothing = schema.optional() as unknown as typeof schema;
    expect(await client().ask(origin, { empty: true, schema: nothing })).toBeUndefined();
    expect(await rejection(client().ask(origin))).toMatchObject({
      code: "remote-odd",
      message: expect.stringMatching(
        /^Asked to show the name, 127.* gave an empty answer\. Check the address\.$/,
      ),
    });
  });

  it("reaches a server in one's own network, and never where clouds keep their keys", async () => {
    const { origin, requests } = await serve((_, response) => response.end('{"name":"home"}'));
    const resolve = resolverOf({ "nas.lan": [["127.0.0.1"]], "metadata.lan": [["169.254.169.254"]] });
    const { ask } = client({ resolve });
    const { port } = new URL(origin);
    expect(await ask(`http://nas.lan:${port}/`)).toEqual({ name: "home" });
    for (const host of ["metadata.lan", "169.254.169.254", "[fd00:ec2::254]"])
      expect(await rejection(ask(`http://${host}:${port}/`))).toMatchObject({
        code: "remote-refused",
        message: expect.stringContaining("Milepost asks nothing there"),
      });
    expect(requests).toHaveLength(1);
  });
});

describe("what goes wrong", () => {
  const page = async (body: string, headers: Record<string, string> = {}, status = 200) =>
    (await serve((_, response) => response.writeHead(status, headers).end(body))).origin;

  it.each<[string, () => Promise<string>, string, boolean, RegExp]>([
    [
      "an unknown name",
      async () => "http://nobody.example/",
      "unreachable",
      true,
      /^The name nobody\.example does not resolve \(ENOTFOUND\)\. Check the address\.$/,
    ],
    [
      "a closed port",
      async () => `http://127.0.0.1:${await closedPort()}/`,
      "unreachable",
      true,
      /refuses the connection \(ECONNREFUSED\): nothing listens there/,
    ],
    [
      "an unsigned certificate",
      async () => (await serveTls((_, response) => response.end())).origin,
      "unreachable",
      false,
      /^The TLS certificate of 127\.0\.0\.1 is not accepted: it is signed by nobody/,
    ],
    [
      "plain http behind https",
      async () => (await page("")).replace("http:", "https:"),
      "unreachable",
      false,
      /does not speak https here .*try http:\/\//,
    ],
    [
      "https behind http",
      () => page("<h1>The plain HTTP request was sent to HTTPS port</h1>", {}, 400),
      "remote-odd",
      false,
      /speaks https here: try https:\/\//,
    ],
    [
      "a cut connection",
      async () => `http://127.0.0.1:${await serveRaw((socket) => socket.destroy())}/`,
      "unreachable",
      true,
      /broke before the answer was whole/,
    ],
    [
      "an answer cut in its middle",
      async () => `http://127.0.0.1:${await serveRaw("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{")}/`,
      "unreachable",
      true,
      /broke before the answer was whole/,
    ],
    [
      "another protocol",
      async () => `http://127.0.0.1:${await serveRaw("SSH-2.0-OpenSSH_9.9\r\n")}/`,
      "remote-odd",
      false,
      /does not speak HTTP on this port/,
    ],
    [
      "a web page by its type",
      () => page("Sign in", { "content-type": "text/html; charset=utf-8" }),
      "remote-odd",
      false,
      /answered with a web page instead of JSON/,
    ],
    [
      "a web page by its beginning",
      () => page("\n<!DOCTYPE html><title>Sign in</title>"),
      "remote-odd",
      false,
      /answered with a web page instead of JSON/,
    ],
    ["no JSON", () => page("OK"), "remote-odd", false, /answered with something that is no JSON/],
    [
      "another shape",
      () => page('{"name":7}'),
      "remote-odd",
      false,
      /that we do not understand \(at “name”\)/,
    ],
    [
      "a redirect elsewhere",
      () => page("", { location: "https://login.example/in?to=me" }, 302),
      "remote-odd",
      false,
      /sends us on to https:\/\/login\.example\/in instead of answering\. Check/,
    ],
    ["a redirect to nowhere", () => page("", {}, 301), "remote-odd", false, /sends us on to another address/],
  ])("as %s is told in a sentence", async (_, address, code, canPass, sentence) => {
    const { ask } = client({ resolve: resolverOf({}) });
    const error = await rejection(ask(await address()));
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code, canPass, message: expect.stringMatching(sentence) });
  });

  it("as a redirect to https says what to put into the address", async () => {
    const { origin } = await serve(({ headers: { host } }, response) =>
      response.writeHead(308, { location: `https://${host}/` }).end(),
    );
    expect(await rejection(client().ask(origin))).toMatchObject({
      message: expect.stringMatching(/Put https:\/\/ into the address/),
    });
  });

  it("as a redirect takes the key nowhere", async () => {
    const other = await serve((_, response) => response.end('{"name":"eve"}'), "127.0.0.2");
    const { origin } = await serve((_, response) =>
      response.writeHead(307, { location: other.origin }).end(),
    );
    expect(await rejection(client().ask(origin))).toMatchObject({ code: "remote-odd" });
    expect(other.requests).toEqual([]);
  });

  it("as silence ends at the time limit, before and in the middle of an answer", async () => {
    const { origin } = await serve(({ url }, response) => {
      if (url === "/half") response.writeHead(200).write("{");
    });
    for (const path of ["/", "/half"])
      expect(
        await rejection(client({ timeLimitMs: 60, afterTimeOut: "Look there." }).ask(origin + path)),
      ).toMatchObject({
        code: "timed-out",
        message: expect.stringMatching(
          /^Asked to show the name, 127.* did not answer within 1 s\. Look there\.$/,
        ),
      });
  });

  it("as a stop ends at once, with the caller's own reason", async () => {
    const stop = new AbortController();
    const reason = new AppError("cancelled", "The run was cancelled.");
    const { origin } = await serve(() => stop.abort(reason));
    expect(await rejection(client().ask(origin, {}, stop.signal))).toBe(reason);
  });
});

describe("an answer that is nested as none is", () => {
  it("is odd, holds nobody up, and brackets in texts are no nesting", async () => {
    const answers = ["[".repeat(8_000_000), '{"a":'.repeat(1_000_000)];
    const { origin } = await serve((_request, response) => response.end(answers.shift()));
    const largestAnswerBytes = 9_000_000;
    const { longestMs } = await heldMs(async () => {
      for (const _ of [...answers])
        expect(await rejection(client({ largestAnswerBytes }).ask(origin))).toMatchObject({
          code: "remote-odd",
        });
    });
    expect(longestMs).toBeLessThan(longestHoldMs);
    const name = `${"[{".repeat(5_000)}\\"${"[".repeat(5_000)}\\`;
    const harmless = await serve((_request, response) =>
      response.end(JSON.stringify({ name, more: [[[]]] })),
    );
    expect(await client().ask(harmless.origin)).toEqual({ name });
  });
});

describe("an answer of more values than any has", () => {
  it.each(["0", "{}", '"a":0'])("(%s, and so on) is odd, and holds nobody up", async (one) => {
    const many = Array(Math.floor(8_000_000 / (one.length + 1)))
      .fill(one)
      .join();
    const { origin } = await serve((_request, response) =>
      response.end(one.includes(":") ? `{${many}}` : `[${many}]`),
    );
    const schema = z.union([z.array(z.object({ name: z.string() })), z.object({ name: z.string() })]);
    const { longestMs, result } = await heldMs(() =>
      rejection(client({ largestAnswerBytes: 9_000_000 }).ask(origin, { schema })),
    );
    expect(result).toMatchObject({ code: "remote-odd" });
    expect(longestMs).toBeLessThan(longestHoldMs);
  });
});

describe("an answer that is too large", () => {
  const endless = async (status: number) => {
    const gone = Promise.withResolvers<void>();
    const { origin } = await serve((_, response) => {
      response.on("close", () => gone.resolve());
      response.writeHead(status);
      const more = () =>
        void (response.destroyed || response.write("x".repeat(10_000), () => setImmediate(more)));
      more();
    });
    return { origin, gone: gone.promise };
  };

  it("is refused as soon as it is, though it has no end", async () => {
    const { origin, gone } = await endless(200);
    expect(await rejection(client({ largestAnswerBytes: 1024 * 1024 }).ask(origin))).toMatchObject({
      code: "remote-odd",
      message: expect.stringContaining("larger than 1 MiB"),
    });
    await gone;
  });

  it("is counted decoded", async () => {
    const { origin } = await serve((_, response) =>
      response
        .writeHead(200, { "content-encoding": "gzip" })
        .end(gzipSync(`{"name":"${"x".repeat(200_000)}"}`)),
    );
    expect(await rejection(client().ask(origin))).toMatchObject({
      message: expect.stringContaining("larger than"),
    });
  });

  it("is still told as the refusal that it is, by its beginning", async () => {
    const { origin, gone } = await endless(500);
    const { ask, refusals } = client();
    expect(await rejection(ask(origin))).toMatchObject({ message: "refused" });
    expect(refusals).toMatchObject([{ status: 500, body: "x".repeat(65_536) }]);
    await gone;
  });
});

describe("our secret", () => {
  it.each([
    ["as it is", token],
    ["URL-encoded", encodeURIComponent(token)],
    ["in base64", Buffer.from(`user:${token}`).toString("base64")],
    ["escaped in JSON", JSON.stringify({ token })],
  ])("that the server repeats %s is in no error", async (_, repeated) => {
    const { origin } = await serve(({ url }, response) => {
      if (url === "/refused") response.writeHead(401).end(`{"said":${JSON.stringify(repeated)}}`);
      else if (url === "/page") response.writeHead(200, { "content-type": "text/html" }).end(repeated);
      else response.writeHead(302, { location: `/${encodeURIComponent(repeated)}` }).end(repeated);
    });
    for (const path of ["/refused", "/page", "/redirect"]) {
      const shown = inspect(await rejection(client().ask(origin + path)), { depth: 9, showHidden: true });
      for (const form of [token, encodeURIComponent(token), JSON.stringify(token).slice(1, -1)])
        expect(shown).not.toContain(form);
      expect(shown).not.toContain(Buffer.from(token).toString("base64").slice(4, -4));
      expect(shown).toContain("•••");
    }
  });
});

describe("asking again", () => {
  it.each([429, 500, 502, 503])("hears the Retry-After of %i", async (status) => {
    const { origin } = await serve((_, response) => response.writeHead(status, { "retry-after": "9" }).end());
    expect(await rejection(client().ask(origin))).toMatchObject({ retryAfterMs: 9_000 });
  });

  it.each([
    [200, "<h1>Maintenance</h1>"],
    [200, ""],
    [302, ""],
    [400, "{}"],
    [404, "{}"],
  ])("hears it of an answer that nobody understands as well (%i %s)", async (status, body) => {
    const { origin } = await serve((_, response) =>
      response.writeHead(status, { "retry-after": "9", location: "/sign-in" }).end(body),
    );
    const asked = client({ refused: () => new AppError("not-found", "refused") });
    expect(await rejection(asked.ask(origin))).toMatchObject({ retryAfterMs: 9_000 });
  });

  it("goes by what the client is told, and each time by its turn", async () => {
    let turns = 0;
    const { origin, requests } = await serve((_, response) => {
      if (requests.length < 3) response.writeHead(503, { "retry-after": "0" }).end();
      else response.end('{"name":"at last"}');
    });
    const seen: object[] = [];
    const { ask } = client({
      again: ({ status, retryAfterMs, tries, repeatable, error }) => {
        seen.push({ status, retryAfterMs, tries, repeatable, code: error.code });
        return 1;
      },
      turn: async () => void turns++,
    });
    expect(await ask(origin)).toEqual({ name: "at last" });
    const told = { status: 503, retryAfterMs: 0, repeatable: true, code: "remote-failed" };
    expect(seen).toEqual([
      { ...told, tries: 1 },
      { ...told, tries: 2 },
    ]);
    expect(turns).toBe(3);
  });

  it("is not done by itself, and a POST counts as not to be repeated", async () => {
    const { origin, requests } = await serve((_, response) => response.writeHead(503).end());
    await rejection(client().ask(origin));
    expect(requests).toHaveLength(1);
    const seen: boolean[] = [];
    const { ask } = client({
      again: ({ repeatable }) => {
        seen.push(repeatable);
        return null;
      },
    });
    await rejection(ask(origin, { method: "POST" }));
    await rejection(ask(origin, { method: "POST", repeatable: true }));
    expect(seen).toEqual([false, true]);
  });
});
