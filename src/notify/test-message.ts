import type { Channel } from "#core/notify.ts";
import type { Message } from "./message.ts";

/** What the test button sends: as much as a real message has, but for what would act. */
export const testMessage = (id: string, { name }: Pick<Channel, "name">, now: number): Message => ({
  id,
  kind: "test",
  urgency: "normal",
  title: "A test from Milepost",
  sentence: `This is how Milepost reaches you by “${name}”. Nothing needs to be done.`,
  lines: ["✓ The message arrived", "· Umlauts, <signs> & emoji: äöü 👍"],
  facts: [{ label: "Asked for", value: "by the test button" }],
  percent: null,
  links: [],
  buttons: [],
  thread: null,
  expiresAt: now + 10 * 60_000,
  at: now,
});
