import { describe, expect, it, onTestFinished } from "vitest";
import type { StoredConnection } from "#core/store.ts";
import { handClock, type OpenStore } from "./samples.ts";

const aConnection = (over: Partial<StoredConnection> = {}): StoredConnection => ({
  id: "c1",
  kind: "botify",
  name: "Acme",
  values: { baseUrl: "http://127.0.0.1:1" },
  builtIn: false,
  createdAt: 1,
  lastTest: null,
  sealed: "sealed-1",
  ...over,
});

export const connectionsContract = (open: OpenStore) =>
  describe("connections", () => {
    it("keeps, replaces, tests and removes a connection", async () => {
      const store = await open(handClock());
      onTestFinished(() => store.close());
      const { connections } = store;
      const ssh = aConnection({ id: "c0", kind: "ssh", createdAt: 2 });
      await connections.put(ssh);
      await connections.put(aConnection());
      await connections.put(aConnection({ name: "Acme 2", builtIn: true, sealed: "sealed-2" }));
      const replaced = aConnection({ name: "Acme 2", builtIn: true, sealed: "sealed-2" });
      expect(await connections.list()).toEqual([replaced, ssh]);
      expect(await connections.list("ssh")).toEqual([ssh]);
      const lastTest = {
        ok: false,
        sentence: "No.",
        latencyMs: 3,
        facts: [{ label: "a", value: "b" }],
        at: 9,
      };
      await connections.setTest("c1", lastTest);
      expect(await connections.get("c1")).toEqual({ ...replaced, lastTest });
      await connections.remove("c1");
      expect(await connections.get("c1")).toBeNull();
      expect(await connections.list()).toEqual([ssh]);
    });
  });
