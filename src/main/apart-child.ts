import type { ApartOrder } from "#apps/apart.ts";

// Node takes types away by itself, but draws no JSX: where the program runs from its sources, `tsx` has to.
const { serveApart } = await import("#apps/serve-apart.ts").catch(async (error: NodeJS.ErrnoException) => {
  if (error.code !== "ERR_UNKNOWN_FILE_EXTENSION") throw error;
  // Not by name, so that no bundle holds it.
  const loader = "tsx/esm/api";
  const { register } = (await import(loader)) as typeof import("tsx/esm/api");
  register();
  return import("#apps/serve-apart.ts");
});

process.once("message", (order) => void serveApart(order as ApartOrder, (told) => void process.send?.(told)));
