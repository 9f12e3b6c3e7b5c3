import { once } from "node:events";
import { createServer } from "node:net";
import type { Session, SFTPWrapper } from "ssh2";
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

const attributes = (size: number) => ({ mode: 0o100600, uid: 0, gid: 0, size, atime: 0, mtime: 0 });
/** Each file is another misdeed, by its name. */
const files = (sftp: SFTPWrapper) => {
  sftp.on("OPEN", (id, name) => name === "silent" || sftp.handle(id, Buffer.from(name)));
  sftp.on("CLOSE", (id) => void sftp.status(id, 0));
  sftp.on("FSTAT", (id, file) => void sftp.attrs(id, attributes(`${file}` === "short" ? 2 ** 40 : 0)));
  sftp.on("READ", (id, file, at, length) => {
    if (`${file}` === "short" && at > 0) return void sftp.status(id, 1);
    // More than was asked for, and never an end.
    sftp.data(id, `${file}` === "endless" ? Buffer.alloc(length * 4, "1") : Buffer.from("x"));
  });
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
  if (misdeed !== "mute") session.on("sftp", (accept) => files(accept()));
  session.on("subsystem", (accept) => void accept());
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
