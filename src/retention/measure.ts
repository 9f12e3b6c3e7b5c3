import { statfs } from "node:fs/promises";
import { relative } from "node:path";
import type { Clock } from "#core/clock.ts";
import { type DiskKind, type DiskUse, diskKinds, type Room, type Storage } from "#core/storage.ts";
import { filesBelow } from "./left-files.ts";

interface MeasureDeps {
  /** The data folder. */
  folder: string;
  leastBytes: number;
  clock: Clock;
}

/** A file system says how much is free at once, but every page asks. */
const roomForMs = 5_000;
const useForMs = 60_000;
/** Whoever only watches is told what was measured so long ago. */
const watchedForMs = 15 * 60_000;

/** What the data folder takes, and what is free beside it. */
export const createMeasures = ({
  folder,
  leastBytes,
  clock,
}: MeasureDeps): Pick<Storage, "room" | "use" | "lastUse"> => {
  let room: { at: number; read: Promise<Room> } | null = null;
  let used: DiskUse | null = null;
  let measuring: Promise<DiskUse> | null = null;
  const isFresh = (at: number, forMs: number) => Math.abs(clock.now() - at) < forMs;
  const measure = (): Promise<DiskUse> => {
    measuring ??= measured(folder, clock.now())
      .then((use) => {
        used = use;
        return use;
      })
      .finally(() => {
        measuring = null;
      });
    return measuring;
  };
  return {
    room: () => {
      if (room === null || !isFresh(room.at, roomForMs))
        room = { at: clock.now(), read: roomOf(folder, leastBytes) };
      return room.read;
    },
    use: async () => (used !== null && isFresh(used.at, useForMs) ? used : measure()),
    lastUse: () => {
      // Whoever waits for it hears of what went wrong.
      if (used === null || !isFresh(used.at, watchedForMs)) measure().catch(() => {});
      return used;
    },
  };
};

const roomOf = async (folder: string, leastBytes: number): Promise<Room> => {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, leastBytes };
};

const none = (): Record<DiskKind, number> =>
  Object.fromEntries(diskKinds.map((kind) => [kind, 0])) as Record<DiskKind, number>;

const measured = async (folder: string, at: number): Promise<DiskUse> => {
  const [bytes, files] = [none(), none()];
  for await (const { path, stats } of filesBelow(folder)) {
    const kind = kindOf(relative(folder, path));
    bytes[kind] += stats.size;
    files[kind] += 1;
  }
  return { at, bytes, files };
};

const folders: Readonly<Record<string, DiskKind>> = {
  exports: "exports",
  logs: "logs",
  apps: "apps",
  sandbox: "crawls",
  before: "copies",
};

const kindOf = (path: string): DiskKind => {
  if (path.startsWith("milepost.sqlite")) return "database";
  return folders[path.split("/")[0] ?? ""] ?? "other";
};
