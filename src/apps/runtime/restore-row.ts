import { insert, readNew } from "./change-rows.ts";
import type { Clock } from "./clock.ts";
import { inBin, note } from "./history.ts";
import { Refusal } from "./refusal.ts";
import { type AppData, needRow, type Row, tableOf } from "./rows.ts";
import { RulesBroken } from "./rules.ts";
import { entered } from "./schema.ts";

/**
 * Brings back a row from the bin under its own id, as far as the app still has its columns. Throws Refusal("not-found"), or Refusal("conflict") where
 * something stands against it now.
 */
export const restoreRow = (data: AppData & { clock: Clock }, seq: number): { table: string; row: Row } =>
  data.db
    .transaction(() => {
      const { table, row: id, name, before } = inBin(data, seq);
      const refuse = (why: string) => new Refusal("conflict", `“${name}” cannot be brought back: ${why}`);
      const columns = entered(tableOf(data.schema, table)).map(([column]) => column);
      const sent = Object.fromEntries(Object.entries(before).filter(([column]) => columns.includes(column)));
      const { values, problems } = readNew(data, table, sent);
      if (Object.keys(problems).length > 0) throw refuse(Object.values(problems).join(" "));
      try {
        insert(data, table, values, id, String(before.created_at ?? "") || undefined);
      } catch (error) {
        throw error instanceof RulesBroken ? refuse(error.message) : error;
      }
      const row = needRow(data, table, id);
      note(data, "restored", { table, ...row });
      return { table, row };
    })
    .immediate();
