import type { Context } from "hono";
import type { WebEnv } from "#web/deps.ts";
import { type Encoded, forReader } from "#web/encoded.ts";

/** Answers with HTML that was rendered, and maybe compressed, for somebody else before. */
export const answerFragment = async (c: Context<WebEnv>, fragment: Encoded): Promise<Response> => {
  const { bytes, headers } = await forReader(fragment, c.req.header("Accept-Encoding"));
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  c.header("Content-Type", "text/html; charset=utf-8");
  return c.body(bytes);
};
