import { bulk } from "#apps/bulk/bulk.ts";
import type { FileSeen, Mapping, Tried } from "#apps/bulk/bulk-order.ts";
import { fileHere } from "#apps/bulk/sent-file.ts";
import { targetWords } from "#apps/runtime/csv-targets.ts";
import { tableOf } from "#apps/runtime/rows.ts";
import type { Table } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { type Field, textOf, type Values } from "#core/form.ts";
import { countText, plural } from "#core/plural.ts";
import type { AskContext } from "#core/step-context.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import type { ImportInput } from "#workflows/import-rows/input.ts";
import { intoNow } from "#workflows/import-rows/into-now.ts";

export interface Chosen extends Mapping {
  /** Who said so. */
  by: string;
}

type Context = AskContext<ImportInput, { read: FileSeen }>;

/** Where each column of the file goes, with what comes of the first rows. */
export const askColumns = (
  host: Pick<Host, "apps" | "errands" | "files">,
): AskOptions<ImportInput, { read: FileSeen }, Chosen> => ({
  form: async (ctx) => {
    const mapping = mappingIn(ctx, ctx.draft);
    const table = tableOf(host.apps.open(ctx.input.slug).schema, ctx.input.table);
    const { read } = ctx.results;
    const found = await tried(host, ctx, mapping);
    return {
      fields: fieldsOf(read, found, mapping, table),
      submit: submitOf(found, read.rows),
      buttons: [{ does: "redraw", value: "look", label: "Look again" }],
    };
  },
  read: async (values, ctx) => {
    const mapping = mappingIn(ctx, values);
    const { columns } = await tried(host, ctx, mapping);
    if (columns.every(({ target }) => target === "" || target === "id"))
      throw new AppError("bad-answer", "Say of at least one column of the file where it goes.", {
        field: "map.0",
      });
    return { ...mapping, map: columns.map(({ target }) => target), by: ctx.by ?? "" };
  },
  detail: ({ map, key }) =>
    `${plural(map?.filter((one) => one !== "").length ?? 0, "column")}${key === null ? "" : `, found again by “${key}”`}`,
});

/** Without an answer as the headings say. */
const mappingIn = ({ results: { read } }: Context, values: Values = {}): Mapping => ({
  map: "map.0" in values ? read.heading.map((_, at) => textOf(values, `map.${at}`)) : null,
  key: textOf(values, "key") || null,
});

const tried = async (
  host: Pick<Host, "apps" | "errands" | "files">,
  { input, runId, signal, by = "" }: Context,
  mapping: Mapping,
): Promise<Tried> => {
  const file = await fileHere(host.files, input, signal);
  const into = intoNow(host, input, runId, by);
  return bulk(host.errands, { does: "try", file, into, mapping }, { signal });
};

const fieldsOf = ({ rows }: FileSeen, tried: Tried, { key }: Mapping, table: Table): Field[] => {
  const { columns, ignored, problems, wrong, first } = tried;
  const words = targetWords(table);
  const targets = [{ value: "", label: "Left out" }, ...words.map(([value, label]) => ({ value, label }))];
  const headings = columns.map(({ heading }, at) => heading.trim() || `Column ${at + 1}`);
  return [
    { kind: "note", tone: wrong === 0 ? "success" : "warning", text: foundOf(tried, rows) },
    ...problems.map((text): Field => ({ kind: "note", tone: "warning", text })),
    ...(ignored.length === 0
      ? []
      : [{ kind: "note", tone: "info", text: `Left out: ${ignored.join(", ")}.` } as const]),
    { kind: "table", caption: "The first rows, as they stand in the file", head: headings, rows: first },
    {
      kind: "group",
      legend: "Where each column of the file goes",
      fields: columns.map(
        ({ target }, at): Field => ({
          ...{ kind: "select", name: `map.${at}`, label: headings[at] ?? "", options: targets },
          value: target,
        }),
      ),
    },
    {
      kind: "select",
      name: "key",
      label: "Rows that are there already",
      value: key ?? "",
      options: [
        { value: "", label: "are not looked for: every row is added" },
        ...words
          .filter(([word]) => !word.includes(":"))
          .map(([value, label]) => ({ value, label: `with the same “${label}” are changed` })),
      ],
    },
  ];
};

/** How many rows it will be stands there only where all were tried. */
const submitOf = ({ looked, changed, wrong }: Tried, rows: number): string =>
  `Add${changed === 0 ? "" : " or change"} ${looked === rows ? plural(rows - wrong, "row") : "the rows that fit"}`;

/** What was tried, and of how much of the file that is. */
const foundOf = ({ looked, changed, wrong }: Tried, rows: number): string => {
  if (looked === 0)
    return "No heading is the name of a column. Say below where each column of the file goes.";
  const all =
    looked === rows
      ? `All ${plural(rows, "row")}`
      : `The first ${plural(looked, "row")} of ${countText(rows)}`;
  const fit =
    wrong === 0
      ? "fit"
      : `were tried: ${plural(wrong, "row does", "rows do")} not fit and would be left out, to be corrected`;
  const changes =
    changed === 0 ? "" : `; ${plural(changed, "row that is there", "rows that are there")} would be changed`;
  return `${all} ${fit}${changes}. Nothing is added yet.`;
};
