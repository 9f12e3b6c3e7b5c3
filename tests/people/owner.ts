import { nothingSaid } from "#core/access.ts";
import { type Doer, everything } from "#core/rights.ts";

/** Who may do everything. */
export const owner: Doer = {
  person: { id: "owner", name: "Owner", role: "admin" },
  scope: everything,
  access: nothingSaid,
};
