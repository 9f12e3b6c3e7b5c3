import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";
import type { Connection, Connections } from "#core/connection.ts";
import type { Values } from "#core/form.ts";

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
