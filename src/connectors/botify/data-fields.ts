import type { z } from "zod";
import type { DataField } from "./botify.ts";
import type { fieldsAnswer } from "./schemas.ts";

/** The fields of a collection that can still be asked for, named without their collection. */
export const dataFields = ({ datasets }: z.infer<typeof fieldsAnswer>, collection: string): DataField[] => {
  const prefix = `${collection}.`;
  return datasets.flatMap((dataset) =>
    dataset.fields
      .filter((field) => field.deprecated !== true)
      .map((field) => ({
        id: field.id.startsWith(prefix) ? field.id.slice(prefix.length) : field.id,
        name: field.name || field.id,
        type: field.type ?? null,
        group:
          typeof field.group === "string" && field.group !== ""
            ? field.group
            : (dataset.name ?? dataset.id ?? ""),
        multiple: field.multiple ?? false,
      })),
  );
};
