import { describe, expect, it, onTestFinished } from "vitest";
import { type Channel, type NewDelivery, usualWants } from "#core/notify.ts";
import { handClock, newRun, type OpenStore } from "./samples.ts";

const channel = (id: string, more: Partial<Channel> = {}): Channel => ({
  ...{
    id,
    personId: "owner",
    kind: "echo",
    name: id,
    connectionId: null,
    account: null,
    values: {},
    sealed: "",
  },
  ...{ wants: usualWants, state: "on", because: null, createdAt: 1, changedAt: 1, lastTest: null },
  ...more,
});
const delivery = (id: string, more: Partial<NewDelivery> = {}): NewDelivery => ({
  ...{ id, key: id, runId: "r1", n: 1, stepId: null, asked: null, personId: "owner", channelId: "c1" },
  ...{ kind: "failed", nextAt: 5, because: null, createdAt: 1 },
  ...more,
});

export const notifyContract = (open: OpenStore) =>
  describe("what people are told", () => {
    it("is noted with the run's own commit, once somebody can be told, and gone with its spreading", async () => {
      const clock = handClock();
      const store = await open(clock);
      onTestFinished(() => store.close());
      await newRun(store, clock, {});
      expect(await store.notify.notices(10)).toEqual([]);
      await store.notify.putChannel(channel("c1"));
      const runId = await newRun(store, clock, {});
      const [noted, ...others] = await store.notify.notices(10);
      expect([noted, others]).toMatchObject([{ runId, kind: "started", n: 1 }, []]);
      await store.notify.spread(noted === undefined ? [] : [noted], [delivery("d1")], []);
      expect(await store.notify.notices(10)).toEqual([]);
      expect(await store.notify.delivery("d1")).toMatchObject({ state: "waiting", attempts: 0 });
    });

    it("is held for one digest of its channel, due with the earliest, and shares its fate in one commit", async () => {
      const { notify, ...store } = await open(handClock());
      onTestFinished(() => store.close());
      const digest = (id: string, nextAt: number) => delivery(id, { kind: "digest", runId: null, nextAt });
      await notify.spread([], [delivery("d1"), delivery("d2"), delivery("d3", { channelId: "c2" })], []);
      expect(await notify.hold("d1", "It is night.", digest("g1", 90))).toBe(true);
      expect(await notify.hold("d2", "It is night.", digest("g2", 70))).toBe(true);
      expect(await notify.hold("d2", "It is night.", digest("g3", 1))).toBe(false);
      expect([await notify.delivery("g2"), await notify.delivery("g3")]).toEqual([null, null]);
      expect(await notify.delivery("g1")).toMatchObject({ state: "waiting", nextAt: 70 });
      expect(await notify.delivery("d1")).toMatchObject({
        state: "held",
        nextAt: null,
        because: "It is night.",
      });
      const ids = async (after: string) => (await notify.held("c1", after, 10)).map(({ id }) => id);
      expect([await ids(""), await ids("d1")]).toEqual([["d1", "d2"], ["d2"]]);
      const told = { ids: ["d1", "d3"], patch: { state: "sent", sentAt: 71 } } as const;
      expect(await notify.changeDelivery("g1", "sending", { state: "sent" }, [told])).toBe(false);
      expect(await ids("")).toEqual(["d1", "d2"]);
      expect(await notify.changeDelivery("g1", "waiting", { state: "sent", nextAt: null }, [told])).toBe(
        true,
      );
      expect(await ids("")).toEqual(["d2"]);
      expect(await notify.delivery("d3")).toMatchObject({ state: "waiting" });
    });

    it("is written once for a key, is due by its time, and is in one hand at a time", async () => {
      const { notify, ...store } = await open(handClock());
      onTestFinished(() => store.close());
      await notify.spread(
        [],
        [delivery("d1"), delivery("d2", { key: "d1" }), delivery("d3", { nextAt: 9, channelId: "c2" })],
        [],
      );
      expect(await notify.delivery("d2")).toBeNull();
      expect((await notify.due(6, [], 10)).map(({ id }) => id)).toEqual(["d1"]);
      expect((await notify.due(9, ["c1"], 10)).map(({ id }) => id)).toEqual(["d3"]);
      expect([
        await notify.nextDue([]),
        await notify.nextDue(["c1"]),
        await notify.nextDue(["c1", "c2"]),
      ]).toEqual([5, 9, null]);
      const taking = { state: "sending", nextAt: null } as const;
      const both = [
        notify.changeDelivery("d1", "waiting", taking),
        notify.changeDelivery("d1", "waiting", taking),
      ];
      expect((await Promise.all(both)).sort()).toEqual([false, true]);
      expect((await notify.onTheirWay(10)).map(({ id }) => id)).toEqual(["d1"]);
    });

    it("goes with its channel; an account is one channel's; what is settled and old is forgotten", async () => {
      const { notify, ...store } = await open(handClock());
      onTestFinished(() => store.close());
      await notify.putChannel(channel("c1", { account: "7" }));
      await expect(notify.putChannel(channel("c2", { account: "7" }))).rejects.toMatchObject({
        code: "conflict",
      });
      await notify.spread([], [delivery("d1"), delivery("d2", { channelId: "c2" })], []);
      await notify.removeChannel("c1");
      expect(await notify.delivery("d1")).toBeNull();
      expect(await notify.forgetDeliveries("e", 10)).toBe(0);
      await notify.changeDelivery("d2", "waiting", { state: "dropped", nextAt: null });
      expect(await notify.forgetDeliveries("e", 10)).toBe(1);
      expect(await notify.putPushKeys("first")).toBe("first");
      expect(await notify.putPushKeys("second")).toBe("first");
    });
  });
