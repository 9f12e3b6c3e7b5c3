import { describe } from "vitest";
import { accountsContract } from "./contract-accounts.ts";
import { auditContract } from "./contract-audit.ts";
import { changesContract } from "./contract-changes.ts";
import { chatsContract } from "./contract-chats.ts";
import { claimsContract } from "./contract-claims.ts";
import { connectionsContract } from "./contract-connections.ts";
import { exportsContract } from "./contract-exports.ts";
import { keptContract } from "./contract-kept.ts";
import { locksContract } from "./contract-locks.ts";
import { notifyContract } from "./contract-notify.ts";
import { readsContract } from "./contract-reads.ts";
import { removalContract } from "./contract-removal.ts";
import { scriptsContract } from "./contract-scripts.ts";
import { triggersContract } from "./contract-triggers.ts";
import { waysInContract } from "./contract-ways-in.ts";
import type { OpenStore } from "./samples.ts";

/** What every store promises, whatever database it is on. */
export const storeContract = (name: string, open: OpenStore): void => {
  describe(name, () => {
    changesContract(open);
    locksContract(open);
    removalContract(open);
    claimsContract(open);
    readsContract(open);
    exportsContract(open);
    connectionsContract(open);
    keptContract(open);
    scriptsContract(open);
    triggersContract(open);
    chatsContract(open);
    notifyContract(open);
    accountsContract(open);
    waysInContract(open);
    auditContract(open);
  });
};
