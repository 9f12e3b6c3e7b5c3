import { type Access, type AccessBook, type AccessKind, type Allowed, accessActs } from "#core/access.ts";
import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import type { Others } from "#core/others.ts";
import type { AccessTable } from "#core/store.ts";
import type { Endings } from "./endings.ts";

export interface AccessDeps {
  table: AccessTable;
  accounts: Pick<Accounts, "audit">;
  endings: Pick<Endings, "closeAll">;
  others: Others;
  clock: Pick<Clock, "now">;
}

/** What the object is, and the name by which people know it. */
export interface AccessObject {
  kind: AccessKind;
  id: string;
  title: string;
}

/** Who may do what with which workflow and connection. */
export interface AccessRules extends AccessBook {
  /** Says it anew, all of it. It holds for the next request of everybody, and what is open for them closes, to come back and be looked at. */
  say(object: AccessObject, access: Access, by: Actor): Promise<void>;
}

/** Reads all that was said; from then on it is known from memory, and read again when another process says that there is more. */
export const openAccess = async ({
  table,
  accounts,
  endings,
  others,
  clock,
}: AccessDeps): Promise<AccessRules> => {
  const read = async () => {
    const all = { workflow: new Map<string, Access>(), connection: new Map<string, Access>() };
    for (const { kind, id, access } of await table.all()) all[kind].set(id, access);
    return all;
  };
  let said = await read();
  others.listen((what) => {
    if (what === "access" || what === "missed")
      read().then(
        (all) => {
          said = all;
        },
        // Where it cannot be read nothing else can be either, and it is said again when it can.
        () => {},
      );
  });
  return {
    of: (kind, id) => said[kind].get(id) ?? null,
    workflows: () => said.workflow,
    say: async ({ kind, id, title }, access, by) => {
      const isNothing = Object.keys(access).length === 0;
      await table.put(kind, id, isNothing ? null : access);
      if (isNothing) said[kind].delete(id);
      else said[kind].set(id, access);
      others.say("access");
      endings.closeAll();
      const target = `${title} (${accessWords(kind, access)})`;
      await accounts.audit({ at: clock.now(), by, did: `said who may use a ${kind}`, target });
    },
  };
};

const accessWords = (kind: AccessKind, access: Access): string =>
  accessActs[kind].map((act) => `${act}: ${allowedWords(access[act])}`).join("; ");

const allowedWords = (allowed: Allowed | undefined): string => {
  if (allowed === undefined) return "by role";
  const all = [...allowed.roles, ...allowed.people.map((id) => `person ${id}`)];
  return all.length === 0 ? "admins" : all.join(", ");
};
