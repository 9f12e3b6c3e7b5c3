import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { emailChannel } from "#notify/channels/email.ts";
import { ntfyChannel } from "#notify/channels/ntfy.ts";
import { createWebhookChannel } from "#notify/channels/webhook.ts";
import { freePort } from "../free-port.ts";
import { addressOf, channelContract, message, type Side, signal } from "./channel-contract.ts";
import { type HookRules, startHook } from "./hook-server.ts";
import { startMail } from "./smtp-server.ts";

const through = (port: number) => ({
  ...{ host: "127.0.0.1", port: String(port), security: "none", user: "", password: "", ca: "" },
  from: "milepost@example.org",
});
const to = { to: "ann@example.org" };

const mailSide = async (): Promise<Side> => {
  const server = await startMail();
  return {
    to: addressOf(to, through(server.port)),
    nowhere: addressOf(to, through(await freePort())),
    shown: () => server.mails.map(({ subject, text }) => `${subject}\n${text}`),
    asked: () => server.asked,
    throttle: () => {
      server.next = { at: "rcpt", code: 450 };
      return 5 * 60_000;
    },
    cut: () => {
      server.next = "cut";
    },
    fail: () => {
      server.next = "cut";
    },
    end: () => {
      server.refuses = { at: "rcpt", code: 550 };
    },
    secrets: [],
    close: server.close,
  };
};

/** https://docs.ntfy.sh/publish/#publish-as-json; `isOld`: before 2.16, which knows nothing of sequences. */
const ntfyRules = (isOld: boolean): HookRules => ({
  path: "/",
  throttled: (seconds) => ({
    status: 429,
    headers: { "retry-after": String(seconds) },
    body: { code: 42901, http: 429, error: "limit reached: too many requests" },
  }),
  gone: { status: 403, body: { code: 40301, http: 403, error: "forbidden" } },
  take: (hook, { given }) => {
    const {
      topic,
      message: text = "",
      title = "",
      actions = [],
      sequence_id,
    } = given as {
      topic?: string;
      message?: string;
      title?: string;
      actions?: { action: string; label: string; url: string }[];
      sequence_id?: string;
    };
    if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic ?? ""))
      return { status: 400, body: { code: 40009, error: "bad topic" } };
    if (Buffer.byteLength(text) > 4_096 || actions.length > 3)
      return { status: 400, body: { code: 40018, error: "bad actions" } };
    const shown = `${title}\n${text}\n${JSON.stringify(actions)}`;
    const there = isOld ? undefined : hook.taken.find(({ id }) => id === sequence_id);
    if (there === undefined) hook.taken.push({ id: sequence_id ?? "", shown });
    else there.shown = shown;
    const answer = { id: `x${hook.taken.length}`, event: "message", topic };
    return { status: 200, body: isOld ? answer : { ...answer, sequence_id } };
  },
});

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** Takes what is signed, as the library of Standard Webhooks verifies it. */
const webhookRules = (verified: unknown[]): HookRules => ({
  path: "/hook",
  throttled: (seconds) => ({ status: 429, headers: { "retry-after": String(seconds) }, body: "" }),
  gone: { status: 410, body: "gone" },
  take: (hook, { given }) => {
    const { data } = given as {
      data: { title: string; sentence: string; facts: object[]; percent: number; links: object[] };
    };
    verified.push(given);
    hook.taken.push({
      id: "",
      shown: `${data.title} ${data.sentence} ✓ Checked ${JSON.stringify(data.facts)} ${data.percent} % ${JSON.stringify(data.links)}`,
    });
    return { status: 200, body: "" };
  },
});

const hookSide = async (
  rules: HookRules,
  valuesAt: (url: string) => Record<string, string>,
  secrets: readonly string[],
): Promise<Side> => {
  const hook = await startHook(rules);
  const trouble = (does: "cut" | "fail" | "gone") => () => {
    hook.next = { does };
  };
  return {
    to: addressOf(valuesAt(hook.url)),
    nowhere: addressOf(valuesAt(`http://127.0.0.1:${await freePort()}${rules.path}`)),
    shown: () => hook.taken.map(({ shown }) => shown),
    asked: () => hook.requests,
    throttle: (seconds) => {
      hook.next = { does: "throttle", seconds };
    },
    cut: trouble("cut"),
    fail: trouble("fail"),
    end: trouble("gone"),
    forgets: true,
    secrets,
    close: hook.close,
  };
};

channelContract("e-mail", emailChannel, mailSide);
channelContract("ntfy", ntfyChannel, () =>
  hookSide(ntfyRules(false), (server) => ({ server, topic: "a-secret-topic", token: "tk_secret" }), [
    "a-secret-topic",
    "tk_secret",
  ]),
);
channelContract("webhook", createWebhookChannel(Date.now), () =>
  hookSide(webhookRules([]), (url) => ({ url, secret, former: "" }), [secret]),
);

describe("A mail", () => {
  test("of a run belongs to one thread, answers to nobody, and is complete as a text and as HTML", async () => {
    const server = await startMail();
    const at = addressOf(to, through(server.port));
    const thread = (first: boolean) => ({ id: "run1", first });
    await emailChannel.send(message({ id: "m1", kind: "live", thread: thread(true) }), at, signal());
    await emailChannel.send(message({ id: "m2", thread: thread(false) }), at, signal());
    const [first, second] = server.mails;
    expect(first?.messageId).toBe("<run.run1@example.org>");
    expect(second?.messageId).toBe("<message.m2@example.org>");
    expect(second?.inReplyTo).toBe("<run.run1@example.org>");
    expect(second?.references).toBe("<run.run1@example.org>");
    expect(second?.headers.get("auto-submitted")).toBe("auto-generated");
    expect([first?.subject, second?.subject]).toEqual(["Release: blog", "Needs you: Release: blog"]);
    for (const word of ["Approval required", "/decide/p.a.x", "/decide/p.r.x", "/runs/1"]) {
      expect(second?.text).toContain(word);
      expect(second?.html).toContain(word);
    }
    // What acts by itself is in no mail: programs post what they find there.
    expect(`${second?.text}${second?.html}`).not.toContain("/now");
    await server.close();
  });

  test("has ids of ASCII, whatever its sender's domain is written in", async () => {
    const server = await startMail();
    const at = addressOf(to, { ...through(server.port), from: "milepost@exämple.org" });
    await emailChannel.send(message(), at, signal());
    expect(server.mails[0]?.messageId).toMatch(/@xn--exmple-cua\.org>$/);
    await server.close();
  });

  test("lets no text into its headers, and no markup into its page", async () => {
    const server = await startMail();
    const evil = 'x\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>"';
    await emailChannel.send(
      message({ title: evil, sentence: evil }),
      addressOf(to, through(server.port)),
      signal(),
    );
    expect(server.mails[0]?.bcc).toBeUndefined();
    expect(server.mails[0]?.html).not.toContain("<script>");
    await server.close();
  });

  test("goes to no server that would send it on in the clear, or that nobody vouches for", async () => {
    const clear = await startMail();
    const secure = { ...through(clear.port), security: "starttls" };
    expect(await emailChannel.send(message(), addressOf(to, secure), signal())).toMatchObject({
      was: "dead",
    });
    await clear.close();
    const selfSigned = await startMail({ hideSTARTTLS: false });
    const at = { ...through(selfSigned.port), security: "starttls" };
    expect(await emailChannel.send(message(), addressOf(to, at), signal())).toMatchObject({
      was: "dead",
      because: expect.stringMatching(/cannot be kept from others/),
    });
    expect(selfSigned.mails).toEqual([]);
    await selfSigned.close();
  });

  test("says in the server's own words why it was not taken, and never the password", async () => {
    const server = await startMail({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) =>
        done(Object.assign(new Error(`bad password ${password}`), { responseCode: 535 })),
    });
    const at = { ...through(server.port), user: "milepost", password: "hunter2-hunter2" };
    const outcome = await emailChannel.send(message(), addressOf(to, at), signal());
    expect(outcome).toMatchObject({ was: "dead", because: expect.stringContaining("did not let us in") });
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
    await server.close();
  });

  test.each([
    [{ at: "connect", code: 421 }, "later"],
    [{ at: "rcpt", code: 451 }, "later"],
    [{ at: "data", code: 451 }, "later"],
    [{ at: "data", code: 554 }, "refused"],
    [{ at: "rcpt", code: 550 }, "dead"],
  ] as const)("that meets %o is %s", async (trouble, was) => {
    const server = await startMail();
    server.next = trouble;
    expect(await emailChannel.send(message(), addressOf(to, through(server.port)), signal())).toMatchObject({
      was,
    });
    await server.close();
  });
});

test("ntfy of before 2.16 is not taken for one that can show a message anew", async () => {
  const hook = await startHook(ntfyRules(true));
  const at = addressOf({ server: hook.url, topic: "t", token: "" });
  expect(await ntfyChannel.send(message(), at, signal())).toEqual({ was: "delivered", remote: null });
  await hook.close();
});

test("a call is signed with the secret, and with the former one while there is one, as Standard Webhooks verifies it", async () => {
  const heard: { headers: Record<string, string>; body: string }[] = [];
  const { createServer } = await import("node:http");
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    heard.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const former = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
  const at = addressOf({ url: `http://127.0.0.1:${port}/`, secret, former });
  await createWebhookChannel(Date.now).send(message(), at, signal());
  const [{ headers, body } = { headers: {}, body: "" }] = heard;
  for (const one of [secret, former])
    expect(new Webhook(one).verify(body, headers)).toMatchObject({ type: "run.needs-you" });
  expect(() => new Webhook(secret).verify(body.replace("blog", "shop"), headers)).toThrow();
  expect(headers["webhook-id"]).toBe("m1");
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
