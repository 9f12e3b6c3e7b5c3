import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

/**
 * Lets Node run views; the rest it runs as it is. The bench uses this in place of `tsx`, which keeps the name of every function by a call each
 * time that one is made: what people run, the bundle, does not.
 */
registerHooks({
  load: (url, context, next) => {
    if (!url.endsWith(".tsx")) return next(url, context);
    const { code } = transformSync(readFileSync(fileURLToPath(url), "utf8"), {
      loader: "tsx",
      jsx: "automatic",
      jsxImportSource: "hono/jsx",
      target: "node24",
    });
    return { format: "module", source: code, shortCircuit: true };
  },
});
