import type { z } from "@hono/zod-openapi";
import type { Values } from "#core/form.ts";
import { presetValues } from "#core/preset.ts";
import type { Engine } from "#engine/engine.ts";
import { valuesOf, type valuesSchema } from "#web/api/values.ts";

/** The workflow that deploys stacks. */
export const deployWorkflow = "deploy-stack";

/** The values that start a deployment: what is not given is as the form presets it. */
export const deployValues = async (
  engine: Pick<Engine, "startForm">,
  { name, values = {} }: { name: string; values?: z.infer<typeof valuesSchema> },
): Promise<Values> => ({
  ...presetValues(await engine.startForm(deployWorkflow)),
  ...valuesOf(values),
  name,
});
