import { expect, test } from "vitest";
import { secret, text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { createLocalFeed } from "#engine/dispatch/local-feed.ts";
import { logRuns } from "#main/log-runs.ts";
import { openWorld, silent } from "../engine/world.ts";

const key = "sw0rdf1sh-of-the-account";
const flow = workflow(
  "send",
  "Send",
  "For tests.",
  start({
    fields: [text("to", "To"), secret("key", "Key", { required: true })],
    subject: ({ to }) => `to ${to}`,
  }),
)
  .do("send", "Send it", {
    run: async ({ input, secret: given }) => {
      if (input.to === "nobody") throw new Error(`No account has the key ${given("key")}.`);
    },
    retry: { attempts: 1, firstMs: 1, factor: 1, maxMs: 1 },
  })
  .ask("more", "More?", { form: () => ({ fields: [], submit: "Go on" }), read: () => ({ value: null }) })
  .hands(() => ({ sentence: "Sent." }));

test("each change of a run is one line with its number, and no line has what was given as a secret", async () => {
  const lines: [string, object, string][] = [];
  const take = (level: string) => (data: object, message: string) => void lines.push([level, data, message]);
  const log = { info: take("info"), warn: take("warn"), error: take("error") };
  const feed = createLocalFeed(silent);
  logRuns(feed, log);
  const world = await openWorld([flow], { overrides: { feed } });
  const ok = await world.start({ to: "Grace", key });
  await world.until(ok, "asking");
  await world.engine.answer(ok, "more", {}, "Ada");
  await world.until(ok, "completed");
  const bad = await world.start({ to: "nobody", key });
  await world.until(bad, "failed");
  await world.engine.remove([bad], "Ada", { exports: false });
  await world.close();
  const told = lines.map(([level, , message]) => `${level} ${message}`);
  for (const line of [
    /^info Send #1 was started by Ada$/,
    /^info Send #1 needs an answer at “More\?”$/,
    /^info Send #1 completed after (under )?\d/,
    /^warn Send #2 failed at “Send it” after .*: .*No account has the key/,
    /^info Send #2 was deleted$/,
  ])
    expect(told.filter((one) => line.test(one))).toHaveLength(1);
  expect(lines.find(([, , message]) => message.startsWith("Send #1 completed"))?.[1]).toEqual({
    runId: ok,
    workflow: "send",
    number: 1,
    state: "completed",
  });
  expect(JSON.stringify(lines)).not.toContain(key);
});
