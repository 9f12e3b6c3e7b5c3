import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Address, ChannelKind } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";

/** The other side of a channel, and what can happen there. */
export interface Side {
  to: Address;
  /** To a place where nothing listens. */
  nowhere: Address;
  /** What people see there, message by message. */
  shown(): string[];
  /** How often it was asked to take a message. */
  asked(): number;
  /** Gives a number where it wants to be left alone for another time: milliseconds. */
  throttle(seconds: number): unknown;
  /** The message arrives, its answer does not. */
  cut(): void;
  fail(): void;
  /** The address is good no more. */
  end(): void;
  /** It cannot tell that what is to be changed is there no more. */
  forgets?: true;
  secrets: readonly string[];
  close(): Promise<void>;
}

export const addressOf = (values: Record<string, string>, through: Record<string, string> = {}): Address => ({
  channel: { id: "c", name: "c", personId: "p", account: null },
  values,
  through,
  reach: "anywhere",
});

const pagesOf = (verb: string) => ({
  page: `https://milepost.example/decide/p.${verb}.x`,
  act: `https://milepost.example/decide/d.${verb}.x/now`,
});
/** What leads to a decision, in whatever way. */
const leads = /[tpd]\.[ar]\.x/;

export const message = (over: Partial<Message> = {}): Message => ({
  id: "m1",
  kind: "needs-you",
  urgency: "urgent",
  title: "Release: blog",
  sentence: "Approval required at step 1 of 2.",
  lines: ["✓ Checked"],
  facts: [{ label: "Risk", value: "low" }],
  percent: 40,
  links: [{ label: "Open the run", href: "https://milepost.example/runs/1" }],
  buttons: [
    { verb: "approve", label: "Approve", token: "t.a.x", ...pagesOf("a") },
    { verb: "reject", label: "Reject", token: "t.r.x", ...pagesOf("r") },
  ],
  thread: null,
  expiresAt: null,
  at: 0,
  ...over,
});
export const signal = () => AbortSignal.timeout(20_000);
/** Signs of eleven units each, and what would be markup everywhere. */
const family = "👩‍👩‍👧‍👦";
const long = (many: number) => `<b>&*_~\`[@everyone](x)|${family}`.repeat(many);
const loneHalf = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** What every channel promises, whoever is on its other side. */
export const channelContract = (name: string, kind: ChannelKind, open: () => Promise<Side>): void => {
  describe(`A message by ${name}`, () => {
    let side: Side;
    beforeAll(async () => {
      side = await open();
    });
    afterAll(() => side.close());

    test("arrives with all that it says, and is changed in its place where that can be", async () => {
      const sent = await kind.send(message(), side.to, signal());
      expect(sent).toMatchObject({ was: "delivered" });
      const [shown = ""] = side.shown();
      for (const word of ["blog", "Approval required at step 1 of 2", "✓ Checked", "Risk", "low", "40 %"])
        expect(shown).toContain(word);
      expect(shown.replaceAll("\\\\", "")).toContain("https://milepost.example/runs/1");
      expect(leads.test(shown)).toBe(kind.can.buttons > 0);
      const remote = sent.was === "delivered" ? sent.remote : null;
      expect(remote !== null).toBe(kind.can.edits);
      if (remote === null || kind.edit === undefined) return;
      const decided = message({ sentence: "Approved by Ann.", buttons: [] });
      expect(await kind.edit(decided, remote, side.to, signal())).toEqual({ was: "delivered", remote });
      // The same once more is no fault.
      expect(await kind.edit(decided, remote, side.to, signal())).toEqual({ was: "delivered", remote });
      expect(side.shown()).toHaveLength(1);
      expect(side.shown()[0]).toContain("Approved by Ann");
      expect(side.shown()[0]).not.toMatch(leads);
      if (side.forgets) return;
      const other = remote.replace(/\d+$/, "999");
      expect(await kind.edit(decided, other, side.to, signal())).toEqual({ was: "gone" });
    });

    test("keeps to the limits there, cuts no sign in two, and takes nothing for markup", async () => {
      const before = side.shown().length;
      for (const many of [1, 40, 400]) {
        const given = message({
          id: `long${many}`,
          title: long(many),
          sentence: long(many),
          lines: Array.from({ length: many }, () => long(9)),
          facts: Array.from({ length: 40 }, () => ({ label: long(many), value: long(many) })),
          links: Array.from({ length: 9 }, (_, n) => ({ label: long(many), href: `https://a.example/${n}` })),
          buttons: message().buttons.map((one) => ({ ...one, label: long(many) })),
        });
        expect(await kind.send(given, side.to, signal())).toMatchObject({ was: "delivered" });
      }
      const shown = side.shown().slice(before);
      expect(shown).toHaveLength(3);
      for (const one of shown) {
        expect(one).not.toMatch(loneHalf);
        expect(one).not.toMatch(/^PING/);
        // No family lost a member.
        expect(one.replaceAll(family, "")).not.toMatch(/\u200d/);
      }
    });

    test("waits as long as the other side wants to be left alone", async () => {
      const told = side.throttle(7);
      const afterMs = typeof told === "number" ? told : 7_000;
      expect(await kind.send(message(), side.to, signal())).toMatchObject({ was: "later", afterMs });
    });

    test("is sent once, whatever became of its answer, and says that it may be there", async () => {
      for (const trouble of [side.cut, side.fail]) {
        const before = side.asked();
        trouble();
        expect(await kind.send(message(), side.to, signal())).toMatchObject({ was: "ambiguous" });
        expect(side.asked()).toBe(before + 1);
      }
    });

    test("certainly is not there when no connection came about", async () => {
      const outcome = await kind.send(message(), side.nowhere, signal());
      expect(outcome).toMatchObject({ was: "later" });
      for (const secret of side.secrets) expect(JSON.stringify(outcome)).not.toContain(secret);
    });

    test("says when the address reaches nobody any more, in the other side's words and without our secrets", async () => {
      side.end();
      const outcome = await kind.send(message(), side.to, signal());
      expect(outcome).toMatchObject({ was: "dead" });
      for (const secret of side.secrets) expect(JSON.stringify(outcome)).not.toContain(secret);
    });
  });
};
