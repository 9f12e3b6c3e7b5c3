/** As much of JSON Schema as Dokploy's published request schemas use. */
export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  items?: Schema;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
}

/** What is wrong with a value, a sentence each; none when it fits. */
export const violations = (schema: Schema, value: unknown, at = "body"): string[] => {
  if (schema.anyOf !== undefined) {
    const tried = schema.anyOf.map((one) => violations(one, value, at));
    return tried.some((wrong) => wrong.length === 0) ? [] : (tried[0] ?? []);
  }
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${at}: none of ${schema.enum.join(", ")}`];
  if (schema.type !== undefined && !hasType(schema.type, value)) return [`${at}: no ${schema.type}`];
  if (typeof value === "string") return ofText(schema, value, at);
  if (typeof value === "number") return ofNumber(schema, value, at);
  if (Array.isArray(value))
    return value.flatMap((one, index) => violations(schema.items ?? {}, one, `${at}.${index}`));
  if (typeof value === "object" && value !== null) return ofObject(schema, value, at);
  return [];
};

const hasType = (type: string, value: unknown): boolean => {
  switch (type) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
};

const ofText = (
  { minLength = 0, maxLength = Infinity, pattern }: Schema,
  value: string,
  at: string,
): string[] => [
  ...(value.length < minLength ? [`${at}: shorter than ${minLength}`] : []),
  ...(value.length > maxLength ? [`${at}: longer than ${maxLength}`] : []),
  ...(pattern !== undefined && !new RegExp(pattern).test(value) ? [`${at}: does not match ${pattern}`] : []),
];

const ofNumber = (
  { minimum = -Infinity, maximum = Infinity }: Schema,
  value: number,
  at: string,
): string[] => (value < minimum || value > maximum ? [`${at}: not from ${minimum} to ${maximum}`] : []);

/** A key that the schema does not name is a mistake of ours, whatever the server makes of it. */
const ofObject = ({ properties = {}, required = [] }: Schema, value: object, at: string): string[] => [
  ...required.filter((name) => !(name in value)).map((name) => `${at}.${name}: missing`),
  ...Object.entries(value).flatMap(([name, one]) => {
    const schema = properties[name];
    return schema === undefined ? [`${at}.${name}: unknown`] : violations(schema, one, `${at}.${name}`);
  }),
];
