import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { OpenclawLimits } from "#connectors/ssh/limits.ts";
import { createSshPool, type SshPool } from "#connectors/ssh/pool.ts";
import type { SshTarget } from "#connectors/ssh/target.ts";
import type { Connection, Connections } from "#core/connection.ts";
import type { Values } from "#core/form.ts";
import type { Store } from "#core/store.ts";
import { type SshSandbox, startSshSandbox } from "#sandbox/ssh/sandbox.ts";
import type { BotDeps } from "#workflows/create-bot/deps.ts";
import { createBot } from "#workflows/create-bot/workflow.ts";
import { openWorld, type World, type WorldOptions } from "../engine/world.ts";

export const goodToken = "123456789:abcdefghijklmnopqrstuvwxyz012345678";
/** Another bot's. */
export const otherToken = "223456789:abcdefghijklmnopqrstuvwxyz012345678";
export const badToken = "987654321:rejected-by-telegram-rejected-by-tele";

/** What a person types to make a bot. */
export const botValues = (more: Values = {}): Values => ({
  connection: "node1",
  name: "mybot",
  token: goodToken,
  displayName: "My Bot",
  emoji: "🦞",
  purpose: "Answers questions about the garden.",
  model: "anthropic/claude-opus-4-6",
  ownerId: "4242",
  chatId: "42",
  ...more,
});

/** A node that answers, and an engine that makes bots on it. */
export interface BotWorld extends World {
  sandbox: SshSandbox;
  pool: SshPool;
  /** How its OpenClaw behaves from now on. */
  mode(mode: object): void;
  /** Everything in the home but what its programs write by themselves, as path and content. */
  files(): Record<string, string>;
  /** Every message that was sent by Telegram. */
  sent(): string[];
  make(values?: Values): Promise<string>;
}

export interface BotWorldOptions {
  mode?: object;
  store?: Store;
  sandbox?: SshSandbox;
  target?: Partial<SshTarget>;
  deps?: Partial<BotDeps>;
  limits?: Partial<OpenclawLimits>;
  overrides?: WorldOptions["overrides"];
}

/** What is lent of a machine besides the machine. */
export const usualLent = { openclaw: "openclaw", restartLimitMs: 60_000, commandLimitMs: 180_000 };

const node1: Connection = {
  id: "node1",
  kind: "ssh",
  name: "node1",
  values: {},
  builtIn: false,
  createdAt: 0,
  lastTest: null,
};

export const onlyNode1: Connections = {
  list: async (kind) => (kind === "ssh" ? [node1] : []),
  open: async () => ({ connection: node1, values: {} }),
};

/** What a step is handed when it works on this machine. */
export const targetOf = ({ host, port, user, privateKey, fingerprint }: SshSandbox): SshTarget => ({
  name: "node1",
  host,
  port,
  user,
  auth: { privateKey },
  hostKey: fingerprint,
});

export const openBotWorld = async (options: BotWorldOptions = {}): Promise<BotWorld> => {
  const dataDir = mkdtempSync(join(tmpdir(), "milepost-bot-"));
  const sandbox =
    options.sandbox ?? (await startSshSandbox({ dataDir, ...(options.mode ? { mode: options.mode } : {}) }));
  const pool = createSshPool();
  const target = { ...targetOf(sandbox), ...options.target };
  const workflow = createBot({
    connections: onlyNode1,
    connect: async (_id, of) => ({
      ...{ ssh: pool.lease("node1", target, of), openclaw: "openclaw" },
      ...{ restartLimitMs: 20_000, commandLimitMs: 180_000, ...options.limits },
    }),
    ...{ lookEveryMs: 30, settleMs: 300 },
    ...options.deps,
  });
  const world = await openWorld([workflow], {
    ...(options.store === undefined ? {} : { store: options.store }),
    overrides: {
      retry: { attempts: 1, firstMs: 0, factor: 1, maxMs: 0 },
      stopGraceMs: 5_000,
      ...options.overrides,
    },
  });
  return {
    ...world,
    sandbox,
    pool,
    mode: (mode) => writeFileSync(join(sandbox.stateDir, "sandbox-mode.json"), JSON.stringify(mode)),
    files: () => filesIn(sandbox.home),
    sent: () => linesOf(join(sandbox.stateDir, "sandbox-outbox.jsonl")),
    make: (values = botValues()) => world.start(values as Record<string, string>),
    close: async () => {
      await world.close();
      await pool.close();
      if (options.sandbox === undefined) await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

/** Its programs' own logs and backups change by themselves and say nothing about what we made. */
const own =
  /^\.openclaw\/(logs|sandbox-|openclaw\.json\.(bak|last-good)|state\/)|^\.Trash|^\.cache|^tmp\/openclaw/;

export const filesIn = (home: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(home, { recursive: true, withFileTypes: true })
      .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
      .filter(({ path }) => !own.test(relative(home, path)))
      .map(({ entry, path }): [string, string] => {
        const name = relative(home, path);
        if (entry.isDirectory()) return [name, "folder"];
        if (entry.isSymbolicLink()) return [name, `-> ${readlinkSync(path)}`];
        return [name, contentOf(path)];
      })
      .sort(([a], [b]) => a.localeCompare(b)),
  );

const contentOf = (path: string): string =>
  path.endsWith("openclaw.json")
    ? JSON.stringify(JSON.parse(readFileSync(path, "utf8")), null, 1)
    : createHash("sha256").update(readFileSync(path)).digest("hex");

const linesOf = (path: string): string[] => {
  try {
    return readFileSync(path, "utf8").trim().split("\n");
  } catch {
    return [];
  }
};
