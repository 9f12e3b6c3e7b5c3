import { expect, test } from "vitest";
import { createWebhookChannel } from "#notify/channels/webhook.ts";
import { ValuesForm } from "#views/form/values-form.tsx";

const kind = createWebhookChannel(Date.now);
const shown = (values: Record<string, string>, id?: string): string =>
  String(
    <ValuesForm kind={kind} values={values} name="Hook" error={undefined} id={id} action="/add" back="/" />,
  );

test("the secret of a new webhook is made, can be read where it is added, and never again", () => {
  const made = kind.made?.() ?? {};
  expect(kind.check({ url: "https://example.org/hook", ...made })).toMatchObject(made);
  expect(kind.made?.()).not.toEqual(made);
  expect(shown(made)).toContain(`type="text" value="${made.secret}"`);
  expect(shown(made, "c1")).not.toContain(made.secret);
  // What both sides know already is hidden as it is typed.
  expect(shown({ ...made, former: "whsec_former" })).not.toContain("whsec_former");
});
