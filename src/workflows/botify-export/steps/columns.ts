import type { DataField } from "#connectors/botify/botify.ts";
import type { Filter } from "#connectors/botify/filter.ts";
import type { ProjectAddress } from "#connectors/botify/project-url.ts";
import { crawlCollection } from "#connectors/botify/query.ts";
import { templates } from "#connectors/botify/templates.ts";
import { AppError } from "#core/errors.ts";
import { type Field, type Form, type Option, textOf, textsOf } from "#core/form.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";
import {
  draftFromFilter,
  editDraft,
  emptyDraft,
  type FilterDraft,
  filterFields,
  filterFrom,
  readDraft,
} from "#workflows/botify-export/filter-draft.ts";
import type { ChosenAnalysis } from "./analysis.ts";

export interface ChosenColumns {
  /** Besides "url", without their collection. */
  fields: string[];
  filter: Filter | null;
}

const preselected = ["metadata.title.content", "metadata.description.content", "metadata.h1.contents"];
/** A search shows at most this many fields; a project has thousands. */
const mostFound = 60;

/** Columns from the project's own data model, with search and templates, and filters with and, or and not on any field. */
export const askColumns = ({
  connect,
}: ExportDeps): AskOptions<
  ExportInput,
  { project: ProjectAddress; analysis: ChosenAnalysis },
  ChosenColumns
> => ({
  form: async ({ input, results, signal, draft, press, previous }) => {
    const { botify } = await connect(input.connectionId);
    const model = await botify.fields(results.project, crawlCollection(results.analysis.slug), signal);
    const before = previous as ChosenColumns | undefined;
    if (press?.startsWith("template:")) return templateForm(model, press.slice("template:".length));
    if (draft === undefined) {
      const known = new Set(model.map((field) => field.id));
      const fields = before?.fields ?? preselected.filter((id) => known.has(id));
      return columnsForm(
        model,
        fields,
        "",
        before?.filter == null ? emptyDraft : draftFromFilter(before.filter),
      );
    }
    const filters = readDraft(draft);
    return columnsForm(
      model,
      textsOf(draft, "columns"),
      textOf(draft, "search"),
      press === undefined ? filters : editDraft(filters, press),
    );
  },
  read: async (values, { input, results, signal }) => {
    const { botify } = await connect(input.connectionId);
    const model = await botify.fields(results.project, crawlCollection(results.analysis.slug), signal);
    const known = new Set(model.map((field) => field.id));
    const fields = [...new Set(textsOf(values, "columns"))].filter((id) => id !== "url");
    const unknown = fields.find((id) => !known.has(id));
    if (unknown !== undefined) {
      throw new AppError("bad-answer", `This project has no field “${unknown}”.`, { field: "columns" });
    }
    return { fields, filter: filterFrom(readDraft(values), model) };
  },
  holdsAgain: (now, then) => JSON.stringify(now) === JSON.stringify(then),
  detail: ({ fields, filter }) =>
    `url${fields.length === 0 ? " only" : ` and ${fields.length} more`}${filter === null ? "" : ", filtered"}`,
});

const templateForm = (model: readonly DataField[], id: string): Form => {
  const template = templates.find((one) => one.id === id);
  if (template === undefined)
    throw new AppError("bad-answer", "Choose one of the templates, or choose the columns yourself.");
  const known = new Set(model.map((field) => field.id));
  const missing = template.fields.filter((field) => !known.has(field));
  const form = columnsForm(
    model,
    template.fields.filter((field) => known.has(field)),
    "",
    template.filter === null ? emptyDraft : draftFromFilter(template.filter),
  );
  if (missing.length === 0) return form;
  const text = `This project has no ${missing.join(", ")}, so the template was used without ${missing.length === 1 ? "it" : "them"}.`;
  return { ...form, fields: [{ kind: "note", tone: "warning", text }, ...form.fields] };
};

const columnsForm = (
  model: readonly DataField[],
  chosen: readonly string[],
  search: string,
  filters: FilterDraft,
): Form => ({
  fields: [
    {
      kind: "group",
      legend: "Start from a template",
      fields: [],
      buttons: templates.map((one) => ({ does: "redraw", value: `template:${one.id}`, label: one.title })),
    },
    {
      kind: "text",
      name: "search",
      label: "Search fields",
      inputMode: "search",
      value: search,
      placeholder: "title, http_code, inlinks …",
      button: { does: "redraw", value: "search", label: "Search" },
      help: `${model.length.toLocaleString("en")} fields in this project. What you have ticked stays ticked.`,
    },
    {
      kind: "many",
      name: "columns",
      label: "Columns besides url",
      options: shownFields(model, chosen, search),
      values: [...chosen],
    },
    ...filterFields(filters, model),
  ] satisfies Field[],
  submit: "Continue",
});

/** What is ticked, then what was searched for, or the usual fields before any search. */
const shownFields = (model: readonly DataField[], chosen: readonly string[], search: string): Option[] => {
  const ticked = new Set(chosen);
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const usual = new Set(
    templates.flatMap((one) => one.fields).concat(preselected, ["depth", "http_code", "content_type"]),
  );
  const fits = (field: DataField) =>
    words.length === 0
      ? usual.has(field.id) || model.length <= mostFound
      : words.every((word) => `${field.id} ${field.name} ${field.group}`.toLowerCase().includes(word));
  const found = model
    .filter((field) => field.id !== "url" && !ticked.has(field.id) && fits(field))
    .slice(0, mostFound);
  const first = model.filter((field) => ticked.has(field.id));
  return [...first, ...found].map((field) => ({ value: field.id, label: field.name, cells: [field.id] }));
};
