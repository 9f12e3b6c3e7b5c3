import { describe, expect, it, onTestFinished } from "vitest";
import { AppError } from "#core/errors.ts";
import { type Kept, mostKept } from "#core/kept.ts";
import { handClock, type OpenStore } from "./samples.ts";

const aList = (over: Partial<Kept> = {}): Kept => ({
  id: "k1",
  of: "runs",
  name: "Failed",
  what: { kind: "list", query: { state: "failed" } },
  keptAt: 1,
  keptBy: "Ada",
  ...over,
});

export const keptContract = (open: OpenStore) =>
  describe("what is kept", () => {
    it("comes by name, is replaced under the same name of the same, and can be removed", async () => {
      const store = await open(handClock());
      onTestFinished(() => store.close());
      const { kept } = store;
      const beginning = {
        values: { a: "1" },
        mode: "automatic",
        former: { ask: { answer: [1], detail: "one" } },
      } as const;
      const answers = aList({ id: "k2", of: "export", name: "Daily", what: { kind: "answers", beginning } });
      await kept.put(aList());
      await kept.put(answers);
      await kept.put(aList({ id: "k3", what: { kind: "list", query: { state: "failed", period: "week" } } }));
      await kept.put(aList({ id: "k4", of: "exports" }));
      expect((await kept.list()).map(({ id }) => id)).toEqual(["k2", "k3", "k4"]);
      expect(await kept.get("k2")).toEqual(answers);
      expect(await kept.get("k1")).toBeNull();
      await kept.remove("k2");
      expect(await kept.get("k2")).toBeNull();
    });

    it("never becomes more than can be read whole, and what is kept under the same name still fits", async () => {
      const store = await open(handClock());
      onTestFinished(() => store.close());
      for (let n = 0; n < mostKept; n += 1) await store.kept.put(aList({ id: `k${n}`, name: `List ${n}` }));
      await expect(store.kept.put(aList({ id: "more" }))).rejects.toThrow(AppError);
      await store.kept.put(aList({ id: "again", name: "List 7" }));
      expect(await store.kept.list()).toHaveLength(mostKept);
      expect(await store.kept.get("k7")).toBeNull();
    });
  });
