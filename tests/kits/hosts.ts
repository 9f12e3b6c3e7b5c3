import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createSshPool } from "#connectors/ssh/pool.ts";
import type { Connections } from "#core/connection.ts";
import { createKits, type Kits } from "#kits/kits.ts";
import { openKeys } from "#sandbox/ssh/keys.ts";
import { startSshServer } from "#sandbox/ssh/ssh-server.ts";

export interface Host {
  /** Absolute: the home of whoever signs in, real files. */
  home: string;
  /** Everybody is hung up on, and nobody gets in until `listen`. What runs there goes on. */
  cut(): Promise<void>;
  listen(): Promise<void>;
}

/** SSH servers on loopback by name, whose commands are real, and the kits of a Milepost that is connected to them. */
export const openHosts = async <const N extends string>(
  names: readonly N[],
): Promise<{ hosts: Record<N, Host>; kits(): Kits; connections: Connections; folder: string }> => {
  const folder = mkdtempSync(join(tmpdir(), "milepost-kits-"));
  const keys = await openKeys(join(folder, "keys"));
  const values = new Map<string, Record<string, string>>();
  const closers: (() => Promise<unknown>)[] = [];
  const made = await Promise.all(
    names.map(async (name) => {
      const home = join(folder, name);
      mkdirSync(home);
      const env = { HOME: home, PATH: `${join(home, "bin")}:${process.env.PATH ?? ""}` };
      let port = 0;
      const start = async () => {
        const server = await startSshServer({
          ...{ host: "127.0.0.1", port, user: "me", keys },
          shell: { home, env },
        });
        port = server.port;
        return server;
      };
      let server: Awaited<ReturnType<typeof start>> | null = await start();
      const { privateKey, fingerprint: hostKey } = keys;
      values.set(name, { host: "127.0.0.1", port: String(port), user: "me", privateKey, hostKey });
      const cut = async () => {
        await server?.close();
        server = null;
      };
      closers.push(cut);
      const listen = async () => {
        server ??= await start();
      };
      return [name, { home, cut, listen }] as const;
    }),
  );
  const connections = {
    list: async () => names.map((name) => ({ id: name, name, kind: "ssh" })),
    open: async (id: string) => ({ connection: { id, name: id }, values: values.get(id) ?? {} }),
  } as unknown as Connections;
  const kits = (): Kits => {
    const machines = createSshPool();
    closers.unshift(() => machines.close());
    const jobsFolder = join(folder, "here");
    return createKits({
      connections,
      machines,
      environment: { PATH: process.env.PATH, HOME: folder },
      jobsFolder,
    });
  };
  onTestFinished(async () => {
    for (const close of closers) await close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { hosts: Object.fromEntries(made) as Record<N, Host>, kits, connections, folder };
};
