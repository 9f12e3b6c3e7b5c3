import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import type { Session } from "ssh2";
import ssh2 from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import { createSshPool, type Ssh, type SshPool } from "#connectors/ssh/pool.ts";
import { sampleKey, samplePublicKey } from "./sample-key.ts";

const never = new AbortController().signal;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server that breaks at moments which a real one cannot be made to hit. */
const startServer = async (
  serve: (open: () => Session, socket: Socket, connection: number) => void,
): Promise<Ssh> => {
  let connections = 0;
  const sockets = createServer((socket) => {
    const connection = ++connections;
    const server = new ssh2.Server({ hostKeys: [sampleKey] }, (client) => {
      client.on("authentication", (context) => context.accept());
      client.on("session", (accept) => serve(accept, socket, connection));
      client.on("error", () => {});
    });
    server.injectSocket(socket);
  });
  sockets.listen(0, "127.0.0.1");
  await once(sockets, "listening");
  const pool: SshPool = createSshPool();
  closers.push(async () => {
    await pool.close();
    sockets.close();
  });
  return pool.lease(
    "node1",
    {
      ...{ name: "node1", host: "127.0.0.1", port: (sockets.address() as AddressInfo).port, user: "me" },
      ...{ auth: { password: "x" }, hostKey: samplePublicKey },
    },
    null,
  );
};

describe("a command whose connection breaks", () => {
  it("after it was asked for and before the answer is not asked for again", async () => {
    let asked = 0;
    const ssh = await startServer((open, socket) =>
      open().on("exec", () => {
        asked++;
        socket.destroy();
      }),
    );
    await expect(ssh.exec("make-it", { signal: never })).rejects.toMatchObject({
      ...{ code: "unreachable", canPass: false },
      message: "The connection to node1 broke while “make-it” ran; whether it took effect is not known.",
    });
    expect(asked).toBe(1);
  });

  it("before it was asked for is run once, over a new connection", async () => {
    let asked = 0;
    const ssh = await startServer((open, socket, connection) => {
      if (connection === 1) return void socket.destroy();
      open().on("exec", (accept, _reject, { command }) => {
        asked++;
        const marker = /milepost-[0-9a-f]+:/.exec(command)?.[0] ?? "";
        const channel = accept();
        channel.write(`${marker}1\ndone\n`);
        channel.exit(0);
        channel.end();
      });
    });
    expect(await ssh.exec("make-it", { signal: never })).toMatchObject({ code: 0, stdout: "done\n" });
    expect(asked).toBe(1);
  });

  it("that the server refuses to run is told from one that it ran", async () => {
    const ssh = await startServer((open) => open().on("exec", (_accept, reject) => reject()));
    await expect(ssh.exec("make-it", { signal: never })).rejects.toMatchObject({ code: "remote-refused" });
  });

  it("and one that is cancelled before the server answered says that nothing is known", async () => {
    const cancel = new AbortController();
    const ssh = await startServer((open) => open().on("exec", () => cancel.abort()));
    await expect(ssh.exec("make-it", { signal: cancel.signal })).rejects.toMatchObject({
      code: "cancelled",
      result: { stop: { asked: "cancelled", signalSent: null, confirmed: false } },
    });
  });
});
