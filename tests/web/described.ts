/** The part of JSON Schema that our OpenAPI description uses; anything else in it counts as a fault. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
}

const known = new Set([
  "$ref",
  "type",
  "enum",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "anyOf",
  "allOf",
  "description",
  "example",
  "default",
  "minimum",
  "maximum",
  // They bind names, which no schema of ours leaves to chance.
  "propertyNames",
]);

export interface Described {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> };
  security: Record<string, unknown>[];
}

export interface Operation {
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: Schema }> }>;
}

/** Where a value is not as its schema says, with what was expected there; none when it fits. */
export const misfits = (doc: Described, schema: Schema, value: unknown, at = "$"): string[] => {
  const odd = Object.keys(schema).filter((key) => !known.has(key));
  if (odd.length > 0) return [`${at}: the schema says ${odd}, which this test does not know`];
  if (schema.$ref !== undefined) {
    const found = doc.components.schemas[schema.$ref.replace("#/components/schemas/", "")];
    return found === undefined ? [`${at}: ${schema.$ref} leads nowhere`] : misfits(doc, found, value, at);
  }
  if (schema.anyOf !== undefined) {
    const each = schema.anyOf.map((one) => misfits(doc, one, value, at));
    return each.some((faults) => faults.length === 0) ? [] : each.flat();
  }
  const parts = (schema.allOf ?? []).flatMap((one) => misfits(doc, one, value, at));
  if (parts.length > 0) return parts;
  const types = schema.type === undefined ? null : [schema.type].flat();
  if (types !== null && !types.some((type) => isOf(type, value))) return [`${at}: expected ${types}`];
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at}: not one of ${schema.enum}`];
  if (Array.isArray(value))
    return value.flatMap((one, index) => misfits(doc, schema.items ?? {}, one, `${at}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  const missing = (schema.required ?? []).filter((name) => !(name in value));
  return [
    ...missing.map((name) => `${at}.${name}: missing`),
    ...Object.entries(value).flatMap(([name, one]) =>
      misfits(doc, inside(schema, name), one, `${at}.${name}`),
    ),
  ];
};

const inside = ({ properties, additionalProperties }: Schema, name: string): Schema =>
  properties?.[name] ?? (typeof additionalProperties === "object" ? additionalProperties : {});

const isOf = (type: string, value: unknown): boolean => {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
};
