import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { newId, type Random } from "#core/id.ts";
import { ownerId } from "#core/people.ts";
import type { Share, ShareTable } from "#core/shares.ts";
import type { Endings } from "./endings.ts";
import { hashOf, newSecret } from "./secret.ts";

export const usualShareDays = 7;
export const mostShareDays = 365;
const dayMs = 24 * 3_600_000;

export interface SharesDeps {
  table: ShareTable;
  accounts: Pick<Accounts, "audit">;
  endings: Pick<Endings, "tell">;
  clock: Pick<Clock, "now">;
  random: Random;
}

export interface NewShare {
  runId: string;
  /** How people know the run, for the audit. */
  title: string;
  days: number;
  files: boolean;
}

/** Links by which whoever has one looks at one run, without signing in. */
export interface Shares {
  /** The secret is given this once. Throws AppError("bad-input") for a number of days that cannot be. */
  make(asked: NewShare, by: Actor): Promise<{ share: Share; secret: string }>;
  /** What a secret stands for, while it holds; null otherwise. `place` is where it is opened, for the audit's line of the first time. */
  open(secret: string, place: string): Promise<Share | null>;
  /** Those that hold, of one run or of all (null). */
  list(runId: string | null): Promise<Share[]>;
  /** Takes one back that they made, anybody's where `personId` is null. What is open by it closes. Throws AppError("not-found"). */
  revoke(id: string, by: Actor, personId: string | null): Promise<Share>;
}

export const createShares = ({ table, accounts, endings, clock, random }: SharesDeps): Shares => {
  const audit = (by: Actor, did: string, target: string) =>
    accounts.audit({ at: clock.now(), by, did, target });
  return {
    make: async ({ runId, title, days, files }, by) => {
      if (!Number.isInteger(days) || days < 1 || days > mostShareDays)
        throw new AppError("bad-input", `A link holds for 1 to ${mostShareDays} days.`, { field: "days" });
      const now = clock.now();
      const secret = newSecret(random);
      const share = {
        id: newId(now, random),
        runId,
        madeBy: by.name,
        personId: by.personId ?? ownerId,
        createdAt: now,
        expiresAt: now + days * dayMs,
        openedAt: null,
        files,
      };
      await table.add(share, hashOf(secret));
      await audit(by, `shared a run by a link for ${days} ${days === 1 ? "day" : "days"}`, title);
      return { share, secret };
    },
    open: async (secret, place) => {
      const share = await table.bySecret(hashOf(secret), clock.now());
      if (share === null || share.openedAt !== null) return share;
      const stranger: Actor = { kind: "stranger", id: place, name: `somebody at ${place}` };
      if (await table.opened(share.id, clock.now()))
        await audit(
          stranger,
          "opened a shared run first",
          `the link that ${share.madeBy} made (${share.id})`,
        );
      return share;
    },
    list: (runId) => table.list(runId, clock.now()),
    revoke: async (id, by, personId) => {
      const [there] = (await table.list(null, clock.now())).filter((one) => one.id === id);
      const isTheirs = there !== undefined && (personId === null || there.personId === personId);
      const removed = isTheirs ? await table.remove(id) : null;
      if (removed === null)
        throw new AppError("not-found", "There is no such link; it may have ended already.");
      endings.tell([id]);
      await audit(by, "took back the link to a run", `the link that ${removed.madeBy} made (${id})`);
      return removed;
    },
  };
};
