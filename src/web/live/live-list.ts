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

/** Lists of what runs do, each read again only after some run has changed, once for all who look at it. */
export const createLiveLists = <T>({ listen }: Pick<Engine, "listen">) => {
  let changes = 0;
  listen(() => {
    changes += 1;
  });
  const lists = createMadeOnce<ReadList<T>>(mostLists, () => 1);
  const list = (subject: string, read: () => Promise<T>): Promise<ReadList<T>> =>
    lists(subject, changes, async () => {
      const rows = await read();
      return { read: rows, version: versionOf(rows) };
    });
  /** Something else than a run changed what the lists show. */
  const forget = () => {
    changes += 1;
  };
  return Object.assign(list, { forget });
};

const versionOf = (list: unknown): string =>
  createHash("sha256").update(JSON.stringify(list)).digest("base64url").slice(0, 16);
