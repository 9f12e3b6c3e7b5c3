import { expect, test } from "vitest";
import { assertTurn } from "#main/room.ts";

const store = (ofAda: number, inAll: number) => ({
  countRuns: async () => ({ queued: inAll - 1, running: 1 }) as never,
  atWork: async (by: string, most: number) => Math.min(most, by === "Ada" ? ofAda : inAll - ofAda),
});

test("who has as many runs at work as one person may is refused a further one, and nobody else is", async () => {
  await expect(assertTurn(store(3, 4), "Ada", 3)).rejects.toMatchObject({ code: "too-many" });
  await expect(assertTurn(store(3, 4), "Grace", 3)).resolves.toBeUndefined();
  await expect(assertTurn(store(2, 4), "Ada", 3)).resolves.toBeUndefined();
});
