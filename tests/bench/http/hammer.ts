import { connect } from "node:net";

/** What the load generator is asked for: so many requests of this kind, over connections that stay open. */
export interface Blows {
  port: number;
  /** The request as it goes over the wire, without a body. */
  request: string;
  connections: number;
  count: number;
}

/** What came back: how often each status, and all bytes of the answers, heads included. */
export interface Struck {
  statuses: Record<string, number>;
  bytes: number;
}

// A process of its own, so that what it costs is not counted to the server.
process.on("message", (blows: Blows) => {
  void strike(blows).then((struck) => process.send?.(struck));
});

const strike = async ({ port, request, connections, count }: Blows): Promise<Struck> => {
  const struck: Struck = { statuses: {}, bytes: 0 };
  const bytes = Buffer.from(request);
  let left = count;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      socket.setNoDelay(true);
      let unread = "";
      const ask = () => {
        if (left === 0) {
          socket.end();
          return resolve();
        }
        left -= 1;
        socket.write(bytes);
      };
      socket.on("connect", ask);
      socket.on("error", reject);
      socket.on("close", () => resolve());
      socket.on("data", (part) => {
        struck.bytes += part.length;
        unread += part.toString("latin1");
        const length = lengthOf(unread);
        if (length === null || unread.length < length) return;
        const status = unread.slice(9, 12);
        struck.statuses[status] = (struck.statuses[status] ?? 0) + 1;
        unread = unread.slice(length);
        ask();
      });
    });
  await Promise.all(Array.from({ length: connections }, one));
  return struck;
};

/** How long an answer is, head and body, in bytes (one a character); null while that is not known. */
const lengthOf = (text: string): number | null => {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return null;
  const body = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head + 2))?.[1];
  return head + 4 + Number(body ?? 0);
};
