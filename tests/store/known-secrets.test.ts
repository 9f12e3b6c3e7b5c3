import fc from "fast-check";
import { expect, test } from "vitest";
import { createKnownSecrets } from "#store/known-secrets.ts";

test("a secret that was asked for is known without reading, and no read that a change overtook is believed after it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.boolean(), { maxLength: 6 }), async (scheduler, asked) => {
      const known = createKnownSecrets<{ id: string }>();
      const row = { id: "s" };
      let there = true;
      const turn = scheduler.scheduleFunction(async () => {});
      // What a read gives is what is there at some time between asking and answering.
      const read = async () => {
        await turn();
        const found = there ? row : null;
        await turn();
        return found;
      };
      const asks = scheduler.scheduleSequence(asked.map(() => async () => void known.of("hash", read)));
      const end = scheduler.scheduleSequence([
        async () => {
          there = false;
        },
        async () => known.forget("s"),
      ]);
      await scheduler.waitFor(Promise.all([asks.task, end.task]));
      const late = known.of("hash", read);
      await scheduler.waitIdle();
      expect(await late).toBeNull();
    }),
    { numRuns: 300 },
  );
  const known = createKnownSecrets<{ id: string }>();
  let reads = 0;
  const read = async () => ({ id: `read ${++reads}` });
  const ask = async (hash: string) => (await known.of(hash, read))?.id;
  expect([await ask("a"), await ask("a"), await ask("b")]).toEqual(["read 1", "read 1", "read 2"]);
  known.forget("read 1");
  expect([await ask("a"), await ask("b")]).toEqual(["read 3", "read 2"]);
  known.forget(null);
  expect([await ask("a"), await ask("b")]).toEqual(["read 4", "read 5"]);
});
