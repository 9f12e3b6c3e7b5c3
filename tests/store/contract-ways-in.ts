import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Accounts } from "#core/accounts.ts";
import type { Passkey } from "#core/passkey.ts";
import type { Person } from "#core/people.ts";
import { handClock, type OpenStore } from "./samples.ts";

export const waysInContract = (open: OpenStore) =>
  describe("passkeys and providers' accounts", () => {
    let accounts: Accounts;
    beforeEach(async () => {
      const store = await open(handClock());
      accounts = store.accounts;
      onTestFinished(() => store.close());
      await accounts.addPerson(bob);
    });
    const bob: Person = {
      id: "bob",
      name: "Bob",
      email: "bob@example.org",
      role: "viewer",
      roleBefore: null,
      createdAt: Number.MAX_SAFE_INTEGER,
      joinedAt: null,
    };
    const passkey: Passkey = {
      id: "k1",
      personId: "bob",
      name: "Phone",
      host: "localhost",
      handle: "handle",
      publicKey: "key",
      counter: 0,
      transports: ["internal", "hybrid"],
      createdAt: 1,
      lastUsedAt: null,
    };
    const session = {
      id: "s1",
      personId: "bob",
      userName: "Bob",
      tokenId: null,
      passkeyId: "k1",
      idToken: "sealed",
      device: "",
      place: "",
      createdAt: 1,
      lastSeenAt: 1,
      expiresAt: 100,
    };

    it("knows a passkey until it is removed, with which the sessions end that it opened", async () => {
      await accounts.addPasskey(passkey);
      await accounts.addPasskey({
        ...passkey,
        id: "k2",
        personId: "owner",
        host: "milepost.example",
        createdAt: 2,
      });
      await expect(accounts.addPasskey({ ...passkey, personId: "owner" })).rejects.toMatchObject({
        code: "conflict",
      });
      expect(await accounts.passkey("k1")).toEqual(passkey);
      expect((await accounts.passkeys(null)).map(({ id }) => id)).toEqual(["k1", "k2"]);
      expect(await accounts.passkeys("bob")).toEqual([passkey]);
      const hosts = ["localhost", "milepost.example", "example"];
      expect(await Promise.all(hosts.map(accounts.hasPasskeys))).toEqual([true, true, false]);
      await accounts.addSession(session, "hash");
      await accounts.addSession({ ...session, id: "s2", passkeyId: null }, "hash-2");
      expect(await accounts.session("hash", 50)).toMatchObject({ passkeyId: "k1" });
      expect(await accounts.removePasskey("k1")).toEqual(["s1"]);
      expect(await accounts.removePasskey("k1")).toBeNull();
      expect([await accounts.session("hash", 50), (await accounts.session("hash-2", 50))?.id]).toEqual([
        null,
        "s2",
      ]);
      expect(await accounts.endSession("s2")).toMatchObject({ idToken: "sealed" });
    });

    it("counts the uses of a passkey on, and never back or twice, also for many at once", async () => {
      await accounts.addPasskey(passkey);
      expect((await accounts.usePasskey("k1", 0, 5))?.id).toBe("bob");
      expect((await accounts.usePasskey("k1", 3, 6))?.id).toBe("bob");
      for (const counter of [3, 2, 0]) expect(await accounts.usePasskey("k1", counter, 7)).toBeNull();
      expect(await accounts.passkey("k1")).toMatchObject({ counter: 3, lastUsedAt: 6 });
      const used = await Promise.all(Array.from({ length: 5 }, () => accounts.usePasskey("k1", 4, 8)));
      expect(used.filter((one) => one !== null)).toHaveLength(1);
      expect(await accounts.usePasskey("unknown", 9, 9)).toBeNull();
      await accounts.removePerson("bob", 10);
      expect([await accounts.usePasskey("k1", 9, 11), await accounts.passkey("k1")]).toEqual([null, null]);
    });

    it("lets what is good once be spent once, before it expires, and keeps nothing of it after that", async () => {
      const spent = await Promise.all(Array.from({ length: 5 }, () => accounts.spend("hash", 100, 50)));
      expect(spent.filter(Boolean)).toHaveLength(1);
      expect(await accounts.spend("late", 100, 100)).toBe(false);
      expect(await accounts.spend("another", 300, 200)).toBe(true);
      expect(await accounts.spend("hash", 300, 200)).toBe(true);
    });

    it("knows whom a provider means, who has joined with that, until they are given another address or are taken for somebody else", async () => {
      const account = {
        issuer: "https://login.example",
        subject: "1",
        personId: "bob",
        cameBy: "group",
      } as const;
      expect(await accounts.providerAccount(account.issuer, "1")).toBeNull();
      await accounts.putProviderAccount(account, 60);
      expect(await accounts.providerAccount(account.issuer, "1")).toEqual(account);
      expect(await accounts.providerAccount("https://other.example", "1")).toBeNull();
      expect((await accounts.people()).at(-1)?.joinedAt).toBe(60);
      expect([await accounts.hasProviderAccount("bob"), await accounts.hasProviderAccount("owner")]).toEqual([
        true,
        false,
      ]);
      await accounts.changePerson("bob", { role: "operator", roleBefore: "viewer" });
      expect(await accounts.hasProviderAccount("bob")).toBe(true);
      await accounts.putProviderAccount({ ...account, personId: "owner" }, 70);
      expect([await accounts.hasProviderAccount("bob"), await accounts.hasProviderAccount("owner")]).toEqual([
        false,
        true,
      ]);
      await accounts.changePerson("owner", { email: "ada@example.org" });
      expect(await accounts.providerAccount(account.issuer, "1")).toBeNull();
    });

    it("gives an address to one person at a time, and remembers whom a provider meant who was removed", async () => {
      await expect(accounts.changePerson("owner", { email: "bob@example.org" })).rejects.toMatchObject({
        code: "bad-input",
        field: "email",
      });
      const account = {
        issuer: "https://login.example",
        subject: "1",
        personId: "bob",
        cameBy: "group",
      } as const;
      await accounts.putProviderAccount(account, 60);
      await accounts.removePerson("bob", 70);
      expect(await accounts.providerAccount(account.issuer, "1")).toEqual(account);
      expect((await accounts.changePerson("owner", { email: "bob@example.org" }))?.email).toBe(
        "bob@example.org",
      );
    });
  });
