import type { AccessBook } from "#core/access.ts";
import type { PeopleTable } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { textsIn } from "#core/form.ts";
import { can, everything } from "#core/rights.ts";

/** Refuses what somebody gives to a run where it names a connection that is not for them to use: AppError("forbidden"). */
export type AssertMayUse = (personId: string, given: unknown) => Promise<void>;

/** Whatever field or answer names it: a connection is opened by its id, and nothing else has that. */
export const createMayUse =
  ({ access, accounts }: { access: AccessBook; accounts: Pick<PeopleTable, "people"> }): AssertMayUse =>
  async (personId, given) => {
    const said = [...textsIn(given)].filter((text) => access.of("connection", text) !== null);
    if (said.length === 0) return;
    const person = (await accounts.people()).find(({ id }) => id === personId);
    const isTheirs = (connectionId: string) =>
      person !== undefined && can({ person, scope: everything, access }, "use", { connectionId });
    if (said.every(isTheirs)) return;
    throw new AppError(
      "forbidden",
      "This connection is not for you to use. Choose another one, or ask an admin for it.",
    );
  };
