import fc from "fast-check";
import { expect, test } from "vitest";
import { accountIn, accountOf } from "#apps/plan/account.ts";
import { planFromDescription } from "#apps/plan/plan.ts";
import { AppError } from "#core/errors.ts";

const wordsIn = (text: string): string[] => text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
const fateOf = (text: string) => {
  const parts = accountOf(text);
  return (word: string) => parts.find((part) => wordsIn(part.text).includes(word));
};
const byModel = planFromDescription("customers (name, status: unpaid / paid)").schema;
const warningsOf = (text: string) => planFromDescription(text).warnings.join(" ");

const bits = fc.constantFrom(
  ...["customers", "prodcuts", "with", "name", "(", ")", ",", ".", "status", "unpaid/paid", "must", "unique"],
  ...[
    "remind me",
    "3",
    "days",
    "each",
    "order belongs to a customer",
    "Größe",
    "total = quantity * price",
    "\n",
    "–",
  ],
  ...["many to many", "reports to a manager", "yes", "Ada's", "e-mail", "charts", "search", "  "],
);
const texts = fc.oneof(
  fc.array(bits, { maxLength: 25 }).map((all) => all.join(" ")),
  fc.string({ unit: "binary", maxLength: 200 }),
);

test("every word of any text is used, told or filler, and the parts together are the text", () => {
  fc.assert(
    fc.property(texts, (text) => {
      for (const parts of [accountOf(text), accountIn(byModel, text)]) {
        expect(parts.map((part) => part.text).join("")).toBe(text);
        expect(parts.flatMap((part) => wordsIn(part.text))).toEqual(wordsIn(text));
        for (const { fate, where } of parts) if (fate === "used") expect(where).not.toBe("");
      }
    }),
    { numRuns: 150 },
  );
});

test("of every word that stands nowhere in the plan and is no filler, the warnings tell", () => {
  fc.assert(
    fc.property(fc.array(bits, { minLength: 1, maxLength: 20 }), (all) => {
      const text = `customers (name), orders (number). ${all.join(" ")}`;
      let plan: ReturnType<typeof planFromDescription>;
      try {
        plan = planFromDescription(text);
      } catch (error) {
        if (error instanceof AppError) return;
        throw error;
      }
      const told = plan.warnings.join(" ").replaceAll(/\s+/g, " ");
      for (const part of accountOf(text))
        if (part.fate === "told")
          for (const word of wordsIn(part.text))
            expect(part.where === "" ? told : `${word} ${part.where}`).toContain(word);
    }),
    { numRuns: 150 },
  );
});

test.each([
  ["customers (name). Remind me 3 days before an order is due", "Remind", "told"],
  ["customers with name and phone", "phone", "used"],
  ["customers (name). The number must be unique", "unique", "told"],
  ["customers (name). The number must be unique", "must", "told"],
  ["bookings (name) for barbers, at most 12", "12", "told"],
  ["customers (name) and prodcuts", "prodcuts", "told"],
  ["a CRM for my shop with customers (name)", "with", "filler"],
  ["clients (name) and orders (number) with charts", "charts", "told"],
  ["students (name, courses), courses (title)", "courses", "used"],
] as const)("in “%s”, “%s” is %s", (text, word, fate) => {
  expect(fateOf(text)(word)).toMatchObject({ fate });
});

test("nothing that was said is left out of the warnings because there is much of it", () => {
  const odd = Array.from({ length: 12 }, (_, at) => `must zorble${"abcdefghijkl"[at]} at most ${at + 20}`);
  const told = warningsOf(`customers (name). ${odd.join(". ")}.`);
  for (const at of odd.keys()) expect(told).toContain(String(at + 20));
});

test.each([
  ["Kunden und Aufträge für meine Werkstatt mit Status", "German"],
  ["clientes y ventas para mi tienda con productos", "Spanish"],
  ["clientes e vendas para minha loja com produtos", "Portuguese"],
  ["les clients et les factures pour mon garage", "French"],
])("“%s” is not taken for English, and the sentence says what would read %s", (text, language) => {
  expect(() => planFromDescription(text)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(language) }),
  );
});
