import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { storeContract } from "./contract.ts";
import { freshFolder } from "./fresh-folder.ts";
import { storeInMemory } from "./in-memory.ts";

const random = (n: number) => randomBytes(n);

storeContract("SQLite in memory", async ({ now }) => storeInMemory(now));

// The test removes the folder only after it has closed the store: what is registered last is done first.
storeContract("SQLite in a file", ({ now }) =>
  openSqliteStore({ file: join(freshFolder(), "m.sqlite"), now, random }),
);
