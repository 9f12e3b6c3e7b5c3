import { openclawLines } from "./command-lines.ts";
import type { NodeDeps, OnNode } from "./deps.ts";
import type { KnownBot } from "./known-bot.ts";

/** A step that looks at a bot before anything is done to it: it only reads, so a dry run looks as well. */
export const lookAtBot = <C extends { input: OnNode }>(
  deps: NodeDeps,
  look: (ctx: C, isDry: boolean) => Promise<KnownBot>,
) => ({
  run: (ctx: C) => look(ctx, false),
  readsOnly: true as const,
  plan: async (ctx: C) => ({
    lines: await openclawLines(
      deps,
      ctx.input,
      ["agents", "list", "--json"],
      ["agents", "bindings", "--json"],
    ),
    result: await look(ctx, true),
  }),
  stopWithinMs: 12_000,
  weightMs: 8_000,
});
