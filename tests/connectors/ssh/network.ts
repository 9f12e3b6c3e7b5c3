import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A real network path to a server on loopback that a test can cut and count. */
export interface Network {
  port: number;
  /** Connections that are open now. */
  open(): number;
  /** Connections ever made. */
  made(): number;
  /** Breaks all connections at once, as a lost network does. */
  cut(): void;
  close(): Promise<void>;
}

export const startNetwork = async (target: number): Promise<Network> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  let made = 0;
  const server = createServer((near) => {
    made++;
    const far = connect(target, "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        near.destroy();
        far.destroy();
        pairs.delete(pair);
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    open: () => pairs.size,
    made: () => made,
    cut,
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
};
