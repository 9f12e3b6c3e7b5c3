import type { PeopleTable } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Connections } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { Channels } from "./channels.ts";

interface DefaultMailDeps {
  channels: Channels;
  accounts: Pick<PeopleTable, "people">;
  connections: Pick<Connections, "list">;
}

const milepost: Actor = { kind: "system", id: null, name: "Milepost" };

/** Whoever has not said otherwise: what Milepost made is switched off, and not removed, so that it does not come back. */
export const defaultMailId = (personId: string): string => `mail-${personId}`;

/** Gives those whose address is known a channel to it, as soon as there is a mail server, once. */
export const offerMail = async ({ channels, accounts, connections }: DefaultMailDeps): Promise<void> => {
  if ((await connections.list("smtp")).length === 0) return;
  const there = await channels.of(null);
  for (const { id: personId, email } of await accounts.people()) {
    const hasMail = there.some((one) => one.personId === personId && one.kind === "email");
    if (email === null || hasMail) continue;
    const made = {
      id: defaultMailId(personId),
      personId,
      kind: "email",
      name: "E-mail",
      values: { to: email },
    };
    try {
      await channels.add(made, milepost);
    } catch (thrown) {
      // An address that no mail can go to is no reason to tell nobody.
      if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
    }
  }
};
