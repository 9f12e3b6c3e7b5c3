import { once } from "node:events";
import { createServer } from "node:net";
import type { Session } from "ssh2";
import ssh2 from "ssh2";
import { sampleKey } from "./sample-key.ts";

/** A process of its own, so that its work is none of ours: the misdeed is its first argument, its port its first line. */
const misdeed = process.argv[2] ?? "";
const flood = Buffer.alloc(32 * 1024, "1");
const lines = Buffer.from("a\n".repeat(16 * 1024));

const without = (
  channel: { write(chunk: Buffer): boolean; once(name: "drain", call: () => void): unknown },
  chunk: Buffer,
) => {
  const go = () => {
    for (let i = 0; i < 64; i++) if (!channel.write(chunk)) return void channel.once("drain", go);
    setImmediate(go);
  };
  go();
};

const serve = (session: Session) => {
  session.on("exec", (accept, _reject, { command }) => {
    const channel = accept();
    channel.on("error", () => {});
    const marker = /milepost-[0-9a-f]+:/.exec(command)?.[0] ?? "";
    if (misdeed === "pid") channel.write(marker);
    if (misdeed === "output" || misdeed === "lines") channel.write(`${marker}4242\n`);
    without(channel, misdeed === "lines" ? lines : flood);
  });
  session.on("sftp", (accept) => void accept());
};

const sockets = createServer((socket) => {
  socket.on("error", () => {});
  if (misdeed === "banner") return without(socket, Buffer.from("not SSH yet\r\n".repeat(2_000)));
  const server = new ssh2.Server({ hostKeys: [sampleKey] }, (client) => {
    client.on("authentication", (context) => context.accept());
    client.on("session", (accept) => serve(accept()));
    client.on("error", () => {});
  });
  server.injectSocket(socket);
}).listen(0, "127.0.0.1");
await once(sockets, "listening");
const address = sockets.address();
console.log(typeof address === "object" ? address?.port : "");
process.stdin.on("end", () => process.exit()).resume();
