import { expect, test } from "vitest";
import type { Starter } from "#core/store.ts";
import { assertTurn } from "#main/room.ts";

const store = (ofAda: number, inAll: number) => ({
  countRuns: async () => ({ queued: inAll - 1, running: 1 }) as never,
  atWork: async ({ starter }: Starter, most: number) =>
    Math.min(most, starter === "ada" ? ofAda : inAll - ofAda),
});
const [ada, grace] = [
  { starter: "ada", by: "Ada" },
  { starter: "grace", by: "Grace" },
];

test("who has as many runs at work as one person may is refused a further one, and nobody else is", async () => {
  await expect(assertTurn(store(3, 4), ada, 3)).rejects.toMatchObject({ code: "too-many" });
  await expect(assertTurn(store(3, 4), grace, 3)).resolves.toBeUndefined();
  await expect(assertTurn(store(2, 4), ada, 3)).resolves.toBeUndefined();
});

test("ten tokens of a person have no ten shares, whatever they are called", async () => {
  const runs: Required<Starter>[] = [];
  const all = {
    countRuns: async () => ({ queued: runs.length, running: 0 }) as never,
    atWork: async ({ starter, by = "" }: Starter, most: number) =>
      Math.min(most, runs.filter((run) => run.starter === starter && (by === "" || run.by === by)).length),
  };
  const start = async (by: string, starter: string) => {
    const who = { starter, by };
    await assertTurn(all, who, 3);
    runs.push(who);
  };
  for (let token = 0; token < 10; token++)
    for (let run = 0; run < 3; run++) await start(`nightly ${token} (Ada)`, "ada").catch(() => undefined);
  expect(runs).toHaveLength(15);
  await start("Ada", "grace");
  await expect(start("Ada", "ada")).rejects.toMatchObject({ code: "too-many" });
});
