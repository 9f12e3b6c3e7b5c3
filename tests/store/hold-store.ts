// A server in short, for tests that kill it: opens the store on the file it is given, writes a run, says so, and stays.
import { randomBytes } from "node:crypto";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { handClock, newRun } from "./samples.ts";

const [, , file] = process.argv;
if (file === undefined) throw new Error("usage: hold-store.ts <file>");
const clock = handClock();
const store = await openSqliteStore({ file, now: clock.now, random: (n) => randomBytes(n) });
process.stdout.write(`${await newRun(store, clock)}\n`);
// What nothing refers to any more is collected, its hold on the data with it.
setInterval(() => store.healthy(), 60_000);
