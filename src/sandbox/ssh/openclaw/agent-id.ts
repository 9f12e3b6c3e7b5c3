import { Refusal } from "./answer.ts";

/**
 * OpenClaw's own rule for ids of agents and accounts: what does not fit is silently changed, and only what comes to nothing or begins
 * with a dash is refused.
 */
export const normalId = (typed: string): string | null => {
  const text = typed.trim().toLowerCase();
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(text)) return text;
  const cut = text
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);
  return cut === "" || text.startsWith("-") ? null : cut;
};

export const agentIdOf = (typed: string): string => {
  const id = normalId(typed);
  if (id === null) throw new Refusal(`Invalid agent id "${typed}".`);
  return id;
};
