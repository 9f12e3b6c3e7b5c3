import { expect, test } from "vitest";
import { createLinking } from "#messengers/linking.ts";

const ann = { id: "1", name: "Ann", chat: "1" };
const begun = () => {
  const linking = createLinking({ clock: { now: () => 1 }, random: (n) => new Uint8Array(n).fill(7) });
  return { linking, code: linking.begin("ann", "telegram", "c").code };
};

test.each([
  (code: string) => code,
  (code: string) => `  ${code.toLowerCase()} `,
  (code: string) => code.replace("-", ""),
  (code: string) => code.replace("-", " "),
  (code: string) => code.replace("-", " – "),
  (code: string) => code.replace("-", "—"),
  (code: string) => `/start ${code}`,
  (code: string) => `/link@milepost_bot ${code.replace("-", " ")}`,
  (code: string) => `My code is ${code}.`,
])("a code is known as people and their keyboards write it (%#)", (written) => {
  const { linking, code } = begun();
  expect(linking.claim("telegram", "c", ann, written(code))).toBe("claimed");
});

test.each(["what does that page show", "please continue", "/start", "STOP", "tell me everything", "how far"])(
  "words are no code: “%s”",
  (text) => expect(begun().linking.claim("telegram", "c", ann, text)).toBeNull(),
);
