import { spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { bringUpToDate } from "#store/postgres/migrations.ts";
import { openPool } from "#store/postgres/pool.ts";

/** A PostgreSQL of a test's own, on a socket and a port of its own. */
export interface PostgresServer {
  /** The file of the certificate by which it is known; it is one for “localhost”. */
  certificate: string;
  /** Makes a database of its own with our tables and nothing in them; gives its address. */
  fresh(): Promise<string>;
  /** Ends it as a power cut would, and starts it again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const versions = "/usr/lib/postgresql";
const programs = (): string => {
  const newest = existsSync(versions)
    ? readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0]
    : undefined;
  if (newest === undefined) throw new Error("These tests need PostgreSQL: apt-get install postgresql");
  return join(versions, newest, "bin");
};

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
const asUser = (): { uid?: number; gid?: number } => {
  if (userInfo().uid !== 0) return {};
  const idOf = (option: string) => Number(spawnSync("id", [option, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: idOf("-u"), gid: idOf("-g") };
};

/** `tls`: it speaks TLS. `durable`: what it has acknowledged it keeps over a power cut, as any other does; without it tests are over sooner. */
export const startPostgres = async ({ durable = false, tls = false } = {}): Promise<PostgresServer> => {
  const bin = programs();
  const user = asUser();
  const folder = mkdtempSync(join(tmpdir(), "milepost-pg-"));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? user.uid);
  const data = join(folder, "data");
  const run = (program: string, args: readonly string[]) => {
    const done = spawnSync(resolve(bin, program), [...args], { ...user, encoding: "utf8", cwd: folder });
    if (done.status !== 0) throw new Error(`${program}: ${done.stderr || done.stdout}`);
  };
  run("initdb", ["-D", data, "-U", "milepost", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
  const certificate = join(folder, "certificate.pem");
  if (tls) {
    const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
    run("/usr/bin/openssl", [...made, ...named, "-keyout", join(folder, "key.pem"), "-out", certificate]);
  }
  // Below the ports that systems give to outgoing connections.
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const address = (name: string) => `postgres://milepost@127.0.0.1:${port}/${name}`;
  const start = async () => {
    const options = [
      "-D",
      data,
      "-p",
      String(port),
      "-k",
      folder,
      "-c",
      "listen_addresses=127.0.0.1",
      "-c",
      "max_connections=400",
      "-c",
      `fsync=${durable ? "on" : "off"}`,
      ...(tls
        ? ["ssl=on", `ssl_cert_file=${certificate}`, `ssl_key_file=${join(folder, "key.pem")}`]
        : []
      ).flatMap((option) => ["-c", option]),
    ];
    const child = spawn(join(bin, "postgres"), options, { ...user, cwd: folder, stdio: "ignore" });
    for (;;) {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}.`);
      const client = new Client({ connectionString: address("postgres") });
      try {
        await client.connect();
        await client.end();
        return child;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  let child = await start();
  const end = async (signal: NodeJS.Signals) => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  };
  const make = async (name: string, like: string) => {
    const client = new Client({ connectionString: address("postgres") });
    await client.connect();
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${like}`);
    await client.end();
    return address(name);
  };
  const migrated = openPool(await make("migrated", "template0"));
  await bringUpToDate(migrated);
  await migrated.end();
  let made = 0;
  return {
    certificate,
    fresh: () => make(`m${++made}`, "migrated"),
    restart: async () => {
      await end("SIGQUIT");
      child = await start();
    },
    close: async () => {
      // The fast way out: nobody waits for those who are still connected.
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
