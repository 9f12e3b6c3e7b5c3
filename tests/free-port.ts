import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A port of loopback that nothing listens on, for a program that must be told one. Below the ports that the system gives to outgoing
 * connections: one of those might take it before the program does.
 */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const server = createServer().listen(port, "127.0.0.1");
    const taken = await Promise.race([
      once(server, "listening").then(() => false),
      once(server, "error").then(() => true),
    ]).catch(() => true);
    if (taken) continue;
    server.close();
    await once(server, "close");
    return port;
  }
};
