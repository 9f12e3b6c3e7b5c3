import { expect, test } from "vitest";
import { drawView } from "#apps/draw-views.ts";

const view = { title: "Llamas", path: "llamas", says: "Llamas & more" };
const drawn = (status: number, text: string) => drawView(async () => ({ status, text }), "farm", view);

test("a page is proven by what it says, and what it says instead is told", async () => {
  expect(await drawn(200, "<h1>Llamas &amp; more</h1>")).toBe("Llamas: 26 characters of HTML");
  await expect(drawn(200, "<h1>Alpacas</h1>")).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("does not say “Llamas & more”"),
  });
  await expect(drawn(500, "")).rejects.toMatchObject({ code: "conflict" });
});

test.each([502, 503, 504])(
  "an answer of %i says nothing of the page, so it is drawn again",
  async (status) => {
    await expect(drawn(status, "The database does not answer just now.")).rejects.toMatchObject({
      code: "store-busy",
      canPass: true,
    });
  },
);
