import { createHash } from "node:crypto";
import type { Engine } from "#engine/engine.ts";
import { createMadeOnce } from "./made-once.ts";

/** So many different lists are kept; each is a page of rows. */
const mostLists = 100;

/** A list as it was read, and a word that differs whenever it would show something else. */
export interface ReadList<T> {
  read: T;
  version: string;
}

/** Hears of every change that a list may show: of runs, and what else it is told of. */
export const createListChanges = ({ listen }: Pick<Engine, "listen">) => {
  const heard = new Set<() => void>();
  const tell = () => {
    for (const hear of heard) hear();
  };
  listen(tell);
  return { listen: (hear: () => void) => void heard.add(hear), tell };
};

export type ListChanges = ReturnType<typeof createListChanges>;

/** Lists of what runs do, each read again only after something has changed, once for all who look at it. */
export const createLiveLists = <T>({ listen }: Pick<ListChanges, "listen">) => {
  let changes = 0;
  listen(() => {
    changes += 1;
  });
  const lists = createMadeOnce<ReadList<T>>(mostLists, () => 1);
  return (subject: string, read: () => Promise<T>): Promise<ReadList<T>> =>
    lists(subject, changes, async () => {
      const rows = await read();
      return { read: rows, version: versionOf(rows) };
    });
};

const versionOf = (list: unknown): string =>
  createHash("sha256").update(JSON.stringify(list)).digest("base64url").slice(0, 16);
