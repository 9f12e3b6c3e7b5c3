import { randomBytes } from "node:crypto";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { storeContract } from "./contract.ts";

storeContract("SQLite in memory", ({ now }) =>
  openSqliteStore({ file: ":memory:", now, random: (n) => randomBytes(n) }),
);
