import { everything } from "#core/rights.ts";
import type { Looker } from "#core/seen-by.ts";

/** Who may do everything. */
export const owner: Looker = { person: { id: "owner", name: "Owner", role: "admin" }, scope: everything };
