import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Accounts } from "#core/accounts.ts";
import { everything } from "#core/rights.ts";
import { handClock, type OpenStore } from "./samples.ts";

export const accountsContract = (open: OpenStore) =>
  describe("accounts", () => {
    let accounts: Accounts;
    beforeEach(async () => {
      const store = await open(handClock());
      accounts = store.accounts;
      onTestFinished(() => store.close());
    });

    const newSession = {
      id: "s1",
      personId: "owner",
      userName: "Ada",
      tokenId: null,
      passkeyId: null,
      idToken: null,
      device: "Firefox on Linux",
      place: "127.0.0.1",
      createdAt: 1,
      lastSeenAt: 1,
      expiresAt: 100,
    };
    const { idToken: _, ...told } = newSession;
    const session = { ...told, scope: everything, role: "admin", personName: "Owner", isNamedHere: true };

    it("lets a sign-in link be used exactly once, even by many at once", async () => {
      await accounts.addSignInLink("hash", "owner", 100);
      const used = await Promise.all(Array.from({ length: 10 }, () => accounts.useSignInLink("hash", 50)));
      expect(used.filter(Boolean)).toHaveLength(1);
      expect(await accounts.useSignInLink("unknown", 50)).toBeNull();
    });

    it("takes a sign-in link only before it expires", async () => {
      await accounts.addSignInLink("early", "owner", 100);
      await accounts.addSignInLink("late", "owner", 100);
      expect(await accounts.useSignInLink("early", 99)).toMatchObject({ id: "owner" });
      expect(await accounts.useSignInLink("late", 100)).toBeNull();
    });

    it("knows a session until it expires or ends, and longer when it is used", async () => {
      await accounts.addSession(newSession, "hash");
      expect(await accounts.session("other", 50)).toBeNull();
      expect(await accounts.session("hash", 99)).toEqual(session);
      expect(await accounts.session("hash", 100)).toBeNull();
      await accounts.touchSession("s1", 99, 200);
      expect(await accounts.session("hash", 150)).toEqual({ ...session, lastSeenAt: 99, expiresAt: 200 });
      await accounts.endSession("s1");
      expect(await accounts.session("hash", 50)).toBeNull();
    });

    it("ends the sessions that a token opened with the token, and those of an old preset token, and no others", async () => {
      const opened = (id: string, tokenId: string | null) =>
        accounts.addSession({ ...newSession, id, tokenId }, `hash of ${id}`);
      await accounts.addToken(
        {
          id: "t1",
          name: "ci",
          personId: "owner",
          scope: everything,
          expiresAt: null,
          madeBy: "Ada",
          madeByToken: null,
          createdAt: 1,
          lastUsedAt: null,
        },
        "hash of t1",
      );
      await opened("link", null);
      await opened("token", "t1");
      await opened("other", "t2");
      await opened("old", "preset-1");
      await opened("new", "preset-2");
      const alive = async () => {
        const ids = ["link", "token", "other", "old", "new"];
        const found = await Promise.all(ids.map((id) => accounts.session(`hash of ${id}`, 50)));
        return found.map((one) => one?.id).filter((id) => id !== undefined);
      };
      await accounts.removeToken("t1");
      expect(await alive()).toEqual(["link", "other", "old", "new"]);
      await accounts.endPresetSessions("preset-2");
      expect(await alive()).toEqual(["link", "other", "new"]);
      await accounts.endPresetSessions(null);
      expect(await alive()).toEqual(["link", "other"]);
    });

    it("gives a token another secret once for the one that it has, and the former lets nobody in", async () => {
      const token = { id: "t9", name: "agent", personId: "owner", scope: everything, expiresAt: 5 };
      const more = { madeBy: "Ada", madeByToken: null, createdAt: 1, lastUsedAt: null };
      await accounts.addToken({ ...token, ...more }, "hash one");
      expect((await accounts.token("hash one", 2))?.id).toBe("t9");
      const becomes = { secretHash: "hash two", expiresAt: 50 };
      const both = await Promise.all([
        accounts.renewToken("t9", "hash one", becomes),
        accounts.renewToken("t9", "hash one", { ...becomes, secretHash: "hash three" }),
      ]);
      expect(both.sort()).toEqual(["other", "renewed"]);
      expect(await accounts.token("hash one", 2)).toBeNull();
      const [has] = (await accounts.tokens()).filter(({ id }) => id === "t9");
      expect(has?.expiresAt).toBe(50);
      expect(await accounts.renewToken("t8", "hash two", becomes)).toBe("gone");
    });

    it("lists the sessions that live, the one used last first, and ends one or all but one with the unused links", async () => {
      for (const [id, lastSeenAt] of [
        ["s1", 5],
        ["s2", 7],
        ["s3", 6],
      ] as const)
        await accounts.addSession({ ...newSession, id, lastSeenAt }, `hash of ${id}`);
      await accounts.addSession({ ...newSession, id: "over", expiresAt: 40 }, "hash of over");
      await accounts.addSignInLink("link", "owner", 100);
      const ids = async () => (await accounts.sessions(50)).map(({ id }) => id);
      expect(await ids()).toEqual(["s2", "s3", "s1"]);
      expect(await accounts.session("hash of s3", 50)).not.toBeNull();
      expect((await accounts.endSession("s2"))?.id).toBe("s2");
      expect(await accounts.endSession("s2")).toBeNull();
      expect((await accounts.endSessions("s1", null)).sort()).toEqual(["over", "s3"]);
      expect(await accounts.session("hash of s3", 50)).toBeNull();
      expect(await ids()).toEqual(["s1"]);
      expect(await accounts.useSignInLink("link", 50)).toBeNull();
      expect(await accounts.endSessions(null, null)).toEqual(["s1"]);
    });

    it("knows people from their invitation to their removal, and lets nobody else have their name", async () => {
      const bob = {
        id: "bob",
        name: "Bob",
        email: "bob@example.org",
        role: "viewer",
        roleBefore: null,
        createdAt: Number.MAX_SAFE_INTEGER,
      } as const;
      await accounts.addPerson({ ...bob, joinedAt: null });
      await accounts.addSignInLink("bobs", "bob", 100);
      expect(await accounts.useSignInLink("bobs", 50)).toEqual({ ...bob, joinedAt: 50 });
      await accounts.addSignInLink("again", "bob", 100);
      await accounts.addSession({ ...newSession, id: "his", personId: "bob" }, "hash of his");
      await accounts.addSession(newSession, "hash of s1");
      expect((await accounts.session("hash of his", 50))?.role).toBe("viewer");
      await accounts.changePerson("bob", { name: "Robert", role: "operator" });
      expect(await accounts.session("hash of his", 50)).toMatchObject({
        role: "operator",
        userName: "Robert",
      });
      expect((await accounts.people()).map(({ name }) => name)).toEqual(["Owner", "Robert"]);
      expect(await accounts.removePerson("bob", 60)).toEqual(["his"]);
      expect(await accounts.session("hash of his", 61)).toBeNull();
      expect(await accounts.useSignInLink("again", 61)).toBeNull();
      expect(await accounts.session("hash of s1", 61)).not.toBeNull();
      expect((await accounts.people()).map(({ name }) => name)).toEqual(["Owner"]);
      expect([
        await accounts.removePerson("bob", 62),
        await accounts.changePerson("bob", { role: "admin" }),
      ]).toEqual([null, null]);
      const another = { ...bob, id: "another", name: "ROBERT", joinedAt: null };
      await expect(accounts.addPerson(another)).rejects.toMatchObject({ code: "bad-input", field: "name" });
    });

    it("keeps a living session when another begins", async () => {
      await accounts.addSession(newSession, "hash");
      await accounts.addSession({ ...newSession, id: "s2", createdAt: 60, expiresAt: 160 }, "hash-2");
      expect(await accounts.session("hash", 61)).toEqual(session);
    });

    it("knows a token by its secret until it is removed, and when it was last used", async () => {
      const token = {
        id: "t1",
        name: "ci",
        personId: "owner",
        scope: everything,
        expiresAt: null,
        madeBy: "Ada",
        madeByToken: null,
        createdAt: 1,
        lastUsedAt: null,
      };
      await accounts.addToken(token, "hash");
      const known = { ...token, role: "admin", personName: "Owner", isNamedHere: true };
      expect(await accounts.tokens()).toEqual([known]);
      expect(await accounts.token("other", 5)).toBeNull();
      const now = 1_700_000_000_000;
      expect(await accounts.token("hash", now)).toEqual({ ...known, lastUsedAt: now });
      expect(await accounts.token("hash", now + 3_600_000)).toEqual({
        ...known,
        lastUsedAt: now + 3_600_000,
      });
      expect(await accounts.tokens()).toEqual([{ ...known, lastUsedAt: now + 3_600_000 }]);
      await accounts.removeToken("t1");
      expect(await accounts.token("hash", now)).toBeNull();
    });

    it("hands an export over to a session once for each run that comes to it", async () => {
      const first = { sessionId: "s1", runId: "r1", exportId: "e1" };
      expect(await accounts.wasHandedOver(first)).toBe(false);
      const handed = await Promise.all(Array.from({ length: 5 }, () => accounts.handOver(first, 1)));
      expect(handed.filter(Boolean)).toHaveLength(1);
      expect(await accounts.wasHandedOver(first)).toBe(true);
      for (const other of [{ sessionId: "s2" }, { runId: "r2" }, { exportId: "e2" }])
        expect(await accounts.handOver({ ...first, ...other }, 1)).toBe(true);
    });
  });
