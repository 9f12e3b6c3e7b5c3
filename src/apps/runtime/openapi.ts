import type { Addresses } from "./addresses.ts";
import { kindOf } from "./kinds.ts";
import type { AppSchema, Column, Table } from "./schema.ts";

/** The data API of an app, in OpenAPI 3.1. */
export const openapiOf = ({ title, tables }: AppSchema, to: Addresses) => ({
  openapi: "3.1.0",
  info: { title: `Data of “${title}”`, version: "1" },
  paths: Object.fromEntries([
    ...binPaths(to),
    ...Object.entries(tables).flatMap(([name, table]) => [
      [`${to.api(name)}/{id}/history`, { get: historyRoute, parameters: [idParameter] }],
      [to.api(name), pathOfAll(name, table)],
      [`${to.api(name)}/import`, { post: importOf(table) }],
      [`${to.api(name)}/{id}`, pathOfOne(name, table)],
    ]),
  ]),
  components: {
    schemas: {
      ...Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, rowSchema(table)])),
      error: {
        type: "object",
        properties: { error: { type: "object", properties: { code: text, message: text, field: text } } },
      },
    },
  },
});

const text = { type: "string" } as const;
const whole = { type: "integer" } as const;
const row = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ content: { "application/json": { schema } } });
const answer = (description: string, schema: object) => ({ description, ...json(schema) });
const refused = { default: answer("What is wrong, as a sentence.", { $ref: "#/components/schemas/error" }) };
const data = (schema: object, more: object = {}) => ({
  type: "object",
  properties: { data: schema, ...more },
});
const query = (name: string, description: string) => ({ name, in: "query", description, schema: text });
const include = query("include", "Rows that it points to, and tables that point to it: “customer,sales”.");
const ifMatch = {
  ...{ name: "If-Match", in: "header", schema: text },
  description: "The ETag of the state that the change is based on.",
};

const idParameter = { name: "id", in: "path", required: true, schema: text };
const historyRoute = {
  summary: "Who did what to a row, the newest first",
  responses: { 200: answer("Entries.", data({ type: "array", items: { type: "object" } })), ...refused },
};
const binPaths = (to: Addresses) => [
  [
    to.apiBin(),
    {
      get: {
        summary: "What was deleted and can be brought back",
        responses: { 200: answer("Rows.", data({ type: "array", items: { type: "object" } })), ...refused },
      },
    },
  ],
  [
    `${to.apiBin()}/{seq}/restore`,
    {
      parameters: [{ name: "seq", in: "path", required: true, schema: whole }],
      post: {
        summary: "Bring it back",
        responses: { 201: answer("It is there again.", data({})), ...refused },
      },
    },
  ],
];

const pathOfAll = (name: string, { title, singular, columns }: Table) => ({
  get: {
    summary: `Find ${title.toLowerCase()}`,
    parameters: [
      query("q", "Words that have to be found."),
      query("sort", "Columns: “-price,name”."),
      include,
      query("limit", "At most 500; usually 20."),
      query("offset", "How many to leave out."),
      query("or", "Conditions of which one has to hold: “name:Ada,name_like:B*”."),
      ...Object.entries(columns).map(([id, { label }]) =>
        query(id, `${label}; also ${id}_ne, _gt, _gte, _lt, _lte, _in (“a,b”), _like (“a*”).`),
      ),
    ],
    responses: {
      200: answer(
        title,
        data({ type: "array", items: row(name) }, { total: whole, limit: whole, offset: whole }),
      ),
      ...refused,
    },
  },
  post: {
    summary: `Add a ${singular.toLowerCase()}, or a list of them, all or none`,
    parameters: [
      query("key", "A column: rows that are there with the same value in it are changed instead."),
    ],
    requestBody: json({ oneOf: [row(name), { type: "array", items: row(name) }] }),
    responses: { 201: answer("Added.", data({})), 200: answer("Changed.", data({})), ...refused },
  },
});

const importOf = ({ title }: Table) => ({
  summary: `Add ${title.toLowerCase()} from CSV, all or none`,
  parameters: [
    query("key", "A column, or id: rows that are there with the same value in it are changed."),
    query("wrong", "leave-out: what is wrong is left out and given back, the others are added."),
  ],
  requestBody: { content: { "text/csv": { schema: text } } },
  responses: {
    201: answer("Added, which headings were used and ignored, and which lines stood above them.", {}),
    ...refused,
  },
});

const pathOfOne = (name: string, { singular }: Table) => {
  const one = { 200: answer(singular, data(row(name))), ...refused };
  const change = {
    parameters: [ifMatch],
    requestBody: json(row(name)),
    responses: one,
  };
  return {
    parameters: [idParameter],
    get: { summary: `Read a ${singular.toLowerCase()}`, parameters: [include], responses: one },
    put: { summary: "Change the columns that are sent", ...change },
    patch: { summary: "Change the columns that are sent", ...change },
    delete: {
      summary: "Delete it",
      parameters: [ifMatch],
      responses: { 200: answer("Deleted.", {}), ...refused },
    },
  };
};

const rowSchema = ({ columns }: Table) => ({
  type: "object",
  required: Object.keys(columns).filter((id) => columns[id]?.required && columns[id]?.initial === undefined),
  properties: {
    id: { type: "string", format: "uuid", readOnly: true },
    ...Object.fromEntries(Object.entries(columns).map(([id, column]) => [id, columnSchema(column)])),
    created_at: { type: "string", format: "date-time", readOnly: true },
    updated_at: { type: "string", format: "date-time" },
  },
});

const columnSchema = ({ type, label, options, to, required, computed }: Column) => {
  const { json: plain, format } = kindOf(type);
  return {
    title: label,
    type: required ? plain : [plain, "null"],
    ...(format === undefined ? {} : { format }),
    ...(computed === undefined ? {} : { readOnly: true }),
    ...(options === undefined ? {} : { enum: required ? options : [...options, null] }),
    ...(to === undefined ? {} : { description: `The id of a row of “${to}”.` }),
  };
};
