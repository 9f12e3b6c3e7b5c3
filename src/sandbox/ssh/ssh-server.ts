import { type AddressInfo, createServer } from "node:net";
import type { AuthContext, Connection as Client, Session } from "ssh2";
import ssh2 from "ssh2";
import type { SandboxKeys } from "./keys.ts";
import { endCommands, type RunningCommand, runCommand, type Shell } from "./run-command.ts";
import { serveSftp } from "./sftp-server.ts";

export interface SshServer {
  port: number;
  /** Ends all connections and their commands. */
  close(): Promise<void>;
}

interface ServerOptions {
  host: string;
  port: number;
  user: string;
  keys: SandboxKeys;
  shell: Shell;
}

/** As many as OpenSSH allows on one connection unless told otherwise (sshd_config(5), MaxSessions). */
const sessionsAtOnce = 10;

/** An SSH server for one user with one key, whose commands are real. */
export const startSshServer = async ({
  host,
  port,
  user,
  keys,
  shell,
}: ServerOptions): Promise<SshServer> => {
  const clients = new Set<Client>();
  const server = new ssh2.Server({ hostKeys: [keys.hostKey] }, (client) => {
    clients.add(client);
    let sessions = 0;
    client.on("authentication", (context) => {
      if (mayEnter(context, user, keys.allowed)) context.accept();
      else context.reject(["publickey"]);
    });
    client.on("session", (accept, reject) => {
      if (sessions >= sessionsAtOnce) return reject();
      sessions++;
      const session = accept();
      session.on("close", () => sessions--);
      serveSession(session, shell);
    });
    client.on("error", () => {});
    client.on("close", () => clients.delete(client));
  });
  // Its own would hold every small answer back for 40 ms (Nagle's algorithm).
  const sockets = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  await new Promise<void>((resolve, reject) => {
    sockets.once("error", reject);
    sockets.listen(port, host, () => resolve());
  });
  return {
    port: (sockets.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => sockets.close(() => resolve()));
      endCommands();
      for (const client of clients) client.end();
      await closed;
    },
  };
};

const mayEnter = (context: AuthContext, user: string, allowed: Buffer): boolean => {
  if (context.username !== user || context.method !== "publickey") return false;
  if (!context.key.data.equals(allowed)) return false;
  // Without a signature the client only asks whether the key would do.
  if (context.signature === undefined || context.blob === undefined) return true;
  const key = ssh2.utils.parseKey(context.key.data);
  return !(key instanceof Error) && key.verify(context.blob, context.signature, context.hashAlgo) === true;
};

const serveSession = (session: Session, shell: Shell): void => {
  let running: RunningCommand | null = null;
  session.on("exec", (accept, _reject, { command }) => {
    running = runCommand(command, accept(), shell);
  });
  session.on("signal", (accept, _reject, { name }) => {
    running?.signal(name);
    accept?.();
  });
  session.on("sftp", (accept) => serveSftp(accept(), shell.home));
};
