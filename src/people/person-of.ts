import type { Session } from "#core/accounts.ts";
import type { PersonRef } from "#core/people.ts";

/** The person of a session or a token. */
export const personOf = ({
  personId,
  personName,
  role,
  isNamedHere,
}: Pick<Session, "personId" | "personName" | "role" | "isNamedHere">): PersonRef => ({
  id: personId,
  name: personName,
  role,
  ...(isNamedHere ? {} : { meantBy: "id" as const }),
});
