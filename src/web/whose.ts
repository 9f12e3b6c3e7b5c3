import type { Identity } from "#core/accounts.ts";

/** Whose sessions, tokens, passkeys and links somebody sees and ends: admins everybody's (null), all others their own. */
export const whoseOf = ({ person }: Pick<Identity, "person">): string | null =>
  person.role === "admin" ? null : person.id;
