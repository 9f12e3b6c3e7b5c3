import { once } from "node:events";
import type { Server } from "node:http";

/** Listens on the port that it had the last time, so that addresses survive a restart; on another one when that is taken. Tells the port. */
export const listenAgain = async (server: Server, host: string, before: number): Promise<number> => {
  try {
    return await listen(server, host, before);
  } catch (thrown) {
    if (before === 0) throw thrown;
    return listen(server, host, 0);
  }
};

/** Ends open connections too. */
export const closeServer = async (server: Server): Promise<void> => {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
};

/** Tells the port; 0 asks for any. */
export const listen = async (server: Server, host: string, port: number): Promise<number> => {
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
};
