import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import type { AuthContext, ServerConfig } from "ssh2";
import ssh2 from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import { askOver } from "#connectors/ssh/ask-machine.ts";
import { connect } from "#connectors/ssh/connect.ts";
import { createConnection, MayHaveBegun } from "#connectors/ssh/connection.ts";
import { shownKey } from "#connectors/ssh/host-key.ts";
import { sampleKey } from "./sample-key.ts";

const never = new AbortController().signal;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const listen = async (server: Pick<Server, "address" | "close" | "listen">): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server as Server, "listening");
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
};
const fingerprint = (): string => {
  const key = ssh2.utils.parseKey(sampleKey);
  if (key instanceof Error) throw key;
  return shownKey(key.getPublicSSH()).fingerprint;
};
const target = (port: number) => ({
  ...{ name: "node1", host: "127.0.0.1", port, user: "me", hostKey: fingerprint() },
  auth: { password: "pa ss" },
});
/** A server with ways to sign in that OpenSSH only offers with PAM. */
const startServer = (authenticate: (context: AuthContext) => void, config: Partial<ServerConfig> = {}) =>
  listen(
    new ssh2.Server({ hostKeys: [sampleKey], ...config }, (client) => {
      client.on("authentication", authenticate);
      client.on("error", () => {});
    }) as unknown as Server,
  );

const textOf = (text: string): Buffer => {
  const bytes = Buffer.alloc(4 + text.length);
  bytes.writeUInt32BE(text.length);
  bytes.write(text, 4);
  return bytes;
};
/** A server's SSH_MSG_KEXINIT as it goes over the wire before there are keys (RFC 4253, 6 and 7.1). */
const offerOf = (kex: string): Buffer => {
  const both = (names: string) => [textOf(names), textOf(names)];
  const names = [
    textOf(kex),
    textOf("ssh-ed25519"),
    ...["aes128-ctr", "hmac-sha2-256", "none", ""].flatMap(both),
  ];
  const payload = Buffer.concat([Buffer.from([20]), Buffer.alloc(16), ...names, Buffer.alloc(5)]);
  const padding = 16 - ((5 + payload.length) % 8);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding);
  head.writeUInt8(padding, 4);
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
};

describe("signing in", () => {
  it("gives the password to a server that takes it", async () => {
    const port = await startServer((context) => {
      if (context.method === "password" && context.password === "pa ss") context.accept();
      else context.reject(["password"]);
    });
    const session = await connect(target(port), never);
    expect(session.hostKey).toEqual({ keyType: "ssh-ed25519", fingerprint: fingerprint() });
    await session.end();
    expect(session.isLost()).toBe(true);
  });

  it("gives the password to a server that asks for it in its own words", async () => {
    const port = await startServer((context) => {
      if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
      context.prompt([{ prompt: "Password:", echo: false }], ([given]) =>
        given === "pa ss" ? context.accept() : context.reject(),
      );
    });
    await (await connect(target(port), never)).end();
  });

  it("never shows the password to a server whose host key is not the pinned one", async () => {
    const seen: string[] = [];
    const port = await startServer((context) => {
      seen.push(context.method);
      context.reject();
    });
    const refused = connect({ ...target(port), hostKey: "" }, never);
    await expect(refused).rejects.toMatchObject({ code: "forbidden", why: "unknown" });
    expect(seen).toEqual([]);
  });

  it("says when nothing is in common with an old server", async () => {
    const algorithms = { kex: ["diffie-hellman-group1-sha1" as const] };
    const port = await startServer((context) => context.accept(), { algorithms });
    await expect(connect(target(port), never)).rejects.toMatchObject({
      code: "remote-odd",
      canPass: false,
      message: expect.stringContaining("no method in common"),
    });
  });

  it("takes no numbers that the server makes up: to look at them would hold up everybody for a minute", async () => {
    const port = await listen(
      createServer((socket) => {
        socket.on("error", () => {}).resume();
        socket.write(`SSH-2.0-Odd\r\n`);
        socket.write(offerOf("diffie-hellman-group-exchange-sha256"));
      }),
    );
    await expect(connect(target(port), never)).rejects.toMatchObject({
      code: "remote-odd",
      message: expect.stringContaining("no method in common"),
    });
  });

  it.each([
    ["hangs up", "", "closed the connection without a word of SSH"],
    ["speaks HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", "closed the connection without a word of SSH"],
    ["ends in the middle of it", "SSH-2.0-Rude\r\n", "closed the connection before the sign-in was done"],
    ["speaks an SSH of the last century", "SSH-1.5-Old\r\n", "does not speak SSH as expected"],
  ])("says so when what answers %s", async (_, greeting, words) => {
    const port = await listen(
      createServer((socket) => {
        socket.on("error", () => {}).resume();
        socket.write(greeting);
        socket.end();
      }),
    );
    await expect(connect(target(port), never)).rejects.toMatchObject({
      message: expect.stringContaining(words),
    });
  });

  it("stops at once when it is told to", async () => {
    const silent = await listen(createServer((socket) => socket.on("error", () => {}).resume()));
    const cancel = new AbortController();
    const connecting = connect(target(silent), cancel.signal);
    setImmediate(() => cancel.abort());
    await expect(connecting).rejects.toMatchObject({ code: "cancelled" });
  });
});

it("asks a machine over a new connection where the one that was there is lost in the middle of asking", async () => {
  const port = await listen(
    new ssh2.Server({ hostKeys: [sampleKey] }, (client) => {
      client.on("error", () => {});
      client.on("authentication", (context) => context.accept());
      client.on("session", (session) =>
        session().on("exec", (run) => {
          const channel = run();
          channel.write("here");
          channel.exit(0);
          channel.end();
        }),
      );
    }) as unknown as Server,
  );
  const lost = {
    ...createConnection(target(port), []),
    open: () => Promise.reject(new MayHaveBegun("the connection was lost")),
  };
  expect(await askOver(lost)("true", never)).toBe("here");
});
