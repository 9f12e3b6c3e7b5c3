import type { Context } from "hono";
import { AppError } from "#core/errors.ts";
import type { Values } from "#core/form.ts";
import type { RunMode } from "#core/run.ts";
import { onceField } from "#views/parts/post-button.tsx";
import { keptField, modeField } from "#views/workflow.tsx";
import type { WebEnv } from "#web/deps.ts";
import type { KeepFile } from "./read-multipart.ts";

/** A form that a browser sent. */
export interface SentForm {
  values: Values;
  /** What the pressed button wants: the usual one answers. */
  does: "answer" | "redraw" | "plan";
  /** The name of the button when it was not the usual one. */
  press: string | undefined;
  /** How a run is to be started, where the form asks that. */
  mode: RunMode;
  /** What was kept that it was filled in from; its answers go along. */
  kept: string | null;
  /** Sent twice within a moment, it means one run. */
  once: boolean;
}

/** Reads a posted form; files in it are left out, unless somebody keeps them. */
export const sentForm = async (c: Context<WebEnv>, keep?: KeepFile): Promise<SentForm> => {
  const isParted = /^multipart\//i.test(c.req.header("Content-Type") ?? "");
  const body =
    keep !== undefined && isParted
      ? await (await import("./read-multipart.ts")).readMultipart(c.req.raw, mostFields, keep)
      : await parsedBody(c, isParted ? "\r\n\r\n" : "&");
  const texts = Object.entries(body).map(([name, value]) => [name, textOnly(value)] as const);
  const {
    press,
    [modeField]: mode,
    [keptField]: kept,
    [onceField]: once,
    ...values
  } = Object.fromEntries(texts.flatMap(([name, value]) => (value.length > 0 ? [[name, oneOf(value)]] : [])));
  const [, does, pressed] = /^(answer|redraw|plan):(.*)$/s.exec(String(press ?? "")) ?? [];
  return {
    values,
    does: does === "redraw" || does === "plan" ? does : "answer",
    press: pressed,
    mode: mode === "supervised" ? "supervised" : "automatic",
    kept: typeof kept === "string" ? kept : null,
    once: once !== undefined,
  };
};

/** More than any form of ours has, and few enough to be taken apart at once. */
const mostFields = 5_000;

const parsedBody = async (c: Context<WebEnv>, between: string) => {
  const sent = Buffer.from(await c.req.arrayBuffer());
  for (let at = 0, fields = 0; at >= 0; at = sent.indexOf(between, at + 1), fields += 1)
    if (fields > mostFields)
      throw new AppError(
        "too-large",
        "This form has more fields than any of Milepost's, so nothing was done.",
      );
  try {
    return await c.req.parseBody({ all: true });
  } catch (cause) {
    // The parser's own word for a body that is no form; all else is not about the body.
    if (!(cause instanceof TypeError)) throw cause;
    throw new AppError("bad-input", "This form arrived damaged, so nothing was done. Send it again.", {
      cause,
    });
  }
};

/** The single text of each field, as a connection's form has them. */
export const sentTexts = async (c: Context<WebEnv>): Promise<Record<string, string>> => {
  const { values } = await sentForm(c);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" ? value : (value[0] ?? ""),
    ]),
  );
};

const oneOf = (value: string | readonly string[]) => (value.length === 1 ? (value[0] ?? "") : value);

const textOnly = (value: string | File | (string | File)[]): string | readonly string[] => {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
};
