import { connect, createServer, type Socket } from "node:net";

/** A way to a port of this machine that can be cut and mended. */
export interface Cable {
  port: number;
  /** Both ends notice at once. */
  cut(): void;
  /** Nothing comes through, and neither end is told. */
  silence(): void;
  /** The same for those who are connected now, for good; who comes anew is let through, as by a machine that took the place of one that is gone. */
  forget(): void;
  mend(): void;
  close(): void;
}

export const openCable = async (port: number): Promise<Cable> => {
  const sockets = new Set<Socket>();
  const forgotten = new Set<Socket>();
  let is: "whole" | "cut" | "silent" = "whole";
  const lay = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on("data", (bytes) => void (to.write(bytes) || from.pause()));
    to.on("drain", () => is === "whole" && sockets.has(from) && from.resume());
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => void (sockets.delete(from) && to.destroy()));
    if (is === "silent") from.pause();
  };
  const cable = createServer((from) => {
    if (is === "cut") return from.destroy();
    const to = connect(port, "127.0.0.1");
    lay(from, to);
    lay(to, from);
  });
  await new Promise<void>((resolve) => cable.listen(0, "127.0.0.1", resolve));
  const address = cable.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cut: () => {
      is = "cut";
      for (const socket of sockets) socket.destroy();
    },
    silence: () => {
      is = "silent";
      for (const socket of sockets) socket.pause();
    },
    forget: () => {
      for (const socket of sockets) {
        socket.pause();
        sockets.delete(socket);
        forgotten.add(socket);
      }
    },
    mend: () => {
      is = "whole";
      for (const socket of sockets) socket.resume();
    },
    close: () => {
      for (const socket of [...sockets, ...forgotten]) socket.destroy();
      cable.close();
    },
  };
};
