import { readFileSync } from "node:fs";

/** Milepost's own version: "0.1.0". */
export const version = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;
