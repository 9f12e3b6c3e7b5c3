import { describe, expect, it } from "vitest";
import { Gate } from "#connectors/ssh/gate.ts";

const never = new AbortController().signal;

describe("the gate before a connection's channels", () => {
  it("never lets more in than its limit, and lets them in in their order", async () => {
    const gate = new Gate(2);
    const order: number[] = [];
    let most = 0;
    await Promise.all(
      Array.from({ length: 9 }, async (_, i) => {
        const leave = await gate.enter(never);
        order.push(i);
        most = Math.max(most, gate.inside);
        await new Promise(setImmediate);
        leave();
        leave();
      }),
    );
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(most).toBe(2);
    expect(gate.inside).toBe(0);
  });

  it("forgets who gave up waiting", async () => {
    const gate = new Gate(1);
    const leave = await gate.enter(never);
    const giveUp = new AbortController();
    const waiting = gate.enter(giveUp.signal);
    const next = gate.enter(never);
    giveUp.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    leave();
    (await next)();
    expect(gate.inside).toBe(0);
  });

  it("lets fewer in once its limit was lowered, but always one", async () => {
    const gate = new Gate(8);
    const leave = await Promise.all([gate.enter(never), gate.enter(never)]);
    gate.lowerTo(0);
    let third = false;
    const waiting = gate.enter(never).then((out) => {
      third = true;
      out();
    });
    leave[0]?.();
    await new Promise(setImmediate);
    expect(third).toBe(false);
    leave[1]?.();
    await waiting;
    expect(third).toBe(true);
  });
});
