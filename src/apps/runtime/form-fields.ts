import type { Context } from "hono";
import { Refusal } from "./refusal.ts";
import { entered, type Table } from "./schema.ts";

/** The columns of a table that a form sent, as text. What else it sent is left out. */
export const formFields = async (c: Context, table: Table): Promise<Record<string, string>> => {
  const form = await sentForm(c);
  return Object.fromEntries(
    entered(table).flatMap(([id]) => {
      const text = form[id];
      return typeof text === "string" ? [[id, text]] : [];
    }),
  );
};

/** More than any form has, and few enough to be taken apart at once. */
const mostFields = 5_000;
const ampersand = 38;

/** A form as it was sent; of several values under one name the last. Throws Refusal("bad-input"). */
export const sentForm = async (c: Context): Promise<Record<string, string | File>> => {
  const sent = new Uint8Array(await c.req.arrayBuffer());
  if (sent.reduce((fields, byte) => (byte === ampersand ? fields + 1 : fields), 0) > mostFields)
    throw new Refusal(
      "bad-input",
      "This form has more fields than any of this app's. Go back and send it again.",
    );
  try {
    return await c.req.parseBody();
  } catch {
    throw new Refusal("bad-input", "This form cannot be read. Go back and send it again.");
  }
};

/** One text of a form; empty when it was not sent. */
export const textOf = (form: Readonly<Record<string, string | File>>, key: string): string => {
  const text = form[key];
  return typeof text === "string" ? text : "";
};
