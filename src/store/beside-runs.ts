import { accountSchema } from "./account-schema.ts";
import { cleaningSchema } from "./cleaning-schema.ts";
import type { Columns } from "./dialect.ts";
import { itemSchema } from "./item-schema.ts";
import { notifySchema } from "./notify-schema.ts";
import { scriptSchema } from "./script-schema.ts";
import { triggerSchema } from "./trigger-schema.ts";

/** The tables of all that there is besides runs and exports. */
export const besideRuns = (columns: Columns) => ({
  ...itemSchema(columns),
  ...cleaningSchema(columns),
  ...accountSchema(columns),
  ...triggerSchema(columns),
  ...notifySchema(columns),
  ...scriptSchema(columns),
});
