import { expect, test } from "vitest";
import { secret } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { openWorld } from "./world.ts";

test.each(["deploy", "running", "completed", "internal"])(
  "a password that is the word “%s” is blotted out of what people read, and breaks no run",
  async (word) => {
    const world = await openWorld([
      workflow(
        "masked",
        "Masked",
        "For tests.",
        start({ fields: [secret("key", "Key", { required: true })], subject: () => "" }),
      )
        .do("deploy", "Deploy", {
          run: async ({ log, secret: open }) => log(`used ${open("key")}`),
          detail: () => `with ${word}`,
        })
        .hands(() => ({ sentence: "Done." })),
    ]);
    const id = await world.start({ key: word });
    const { steps } = await world.until(id, "completed");
    expect(steps[0]).toMatchObject({ state: "completed", detail: "with •••" });
    expect((await world.engine.picture(id)).log.map(({ text }) => text)).toEqual(["used •••"]);
    await world.close();
  },
);
