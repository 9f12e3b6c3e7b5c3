import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Accounts, Deed } from "#core/accounts.ts";
import { beforeTheFirst, hashOfEntry } from "#store/audit.ts";
import { handClock, type OpenStore } from "./samples.ts";

const deed = (at: number, more: Partial<Deed> = {}): Deed => ({
  at,
  by: { kind: "token", id: `t${at}`, name: "Owner" },
  did: "signed in",
  target: `session ${at}`,
  ...more,
});

export const auditContract = (open: OpenStore) =>
  describe("audit", () => {
    let accounts: Accounts;
    beforeEach(async () => {
      const store = await open(handClock());
      accounts = store.accounts;
      onTestFinished(() => store.close());
    });

    it("tells the newest entries first, and those behind one the oldest first, with who it was by kind and id", async () => {
      for (const at of [1, 2, 3]) await accounts.audit(deed(at));
      expect(await accounts.audits(2)).toMatchObject([deed(3), deed(2)]);
      expect(await accounts.auditsAfter(1, 1)).toMatchObject([{ ...deed(2), seq: 2 }]);
      expect((await accounts.auditsAfter(0, 10)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    });

    it("ties each entry to all before it, also those that many add at once and those with odd signs", async () => {
      const odd = ["\ud800", "\u0000", "\u2028", 'a"b\\', "é😀"].map((sign, at) =>
        deed(at, { by: { kind: "unknown", id: sign, name: sign }, did: sign, target: sign }),
      );
      await Promise.all([...odd, ...[7, 8, 9].map((at) => deed(at))].map((one) => accounts.audit(one)));
      const entries = await accounts.auditsAfter(0, 100);
      expect(entries).toHaveLength(8);
      let before = beforeTheFirst;
      for (const { seq, hash, ...told } of entries) {
        expect(hash).toBe(hashOfEntry(seq, told, before));
        before = hash;
      }
    });
  });
