import { readFileSync, writeFileSync } from "node:fs";
import { withRefusals } from "./refusal-lists.ts";
import { refusals } from "./refusals.ts";

/** Puts into the documentation what follows from the sources. */
const page = new URL("../../docs/keep/troubleshoot.md", import.meta.url);
writeFileSync(page, withRefusals(readFileSync(page, "utf8"), refusals()));
