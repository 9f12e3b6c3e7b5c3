import type { Added } from "#apps/bulk/bulk-order.ts";
import { plural } from "#core/plural.ts";

/** What came of an import: “12 rows added, 3 changed, 2 left out” */
export const cameOf = ({ added, changed, wrong }: Pick<Added, "added" | "changed" | "wrong">): string =>
  [
    `${plural(added, "row")} added`,
    ...(changed === 0 ? [] : [`${changed.toLocaleString("en")} changed`]),
    ...(wrong === 0 ? [] : [`${wrong.toLocaleString("en")} left out`]),
  ].join(", ");
