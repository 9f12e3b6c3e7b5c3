/** One call of the API, ready to be shown. */
export interface Operation {
  id: string;
  method: string;
  path: string;
  summary: string;
  about: string | null;
  parameters: readonly { name: string; place: string; required: boolean; about: string }[];
  body: Part | null;
  answers: readonly Part[];
}

/** A body that is sent or answered. */
export interface Part {
  title: string;
  about: string;
  /** Its shape as indented text: names, types, what may be left out. */
  shape: string | null;
}

const methods = ["get", "post", "put", "patch", "delete"] as const;

/** Reads an OpenAPI 3 document; every part of it may be missing or odd. */
export const operationsOf = (
  doc: unknown,
): { title: string; about: string | null; operations: readonly Operation[] } => {
  const info = child(doc, "info");
  const paths = Object.entries(record(child(doc, "paths")));
  return {
    title: text(child(info, "title")) ?? "API",
    about: text(child(info, "description")),
    operations: paths.flatMap(([path, item]) =>
      methods
        .filter((method) => child(item, method) !== undefined)
        .map((method) => operationOf(doc, method, path, child(item, method))),
    ),
  };
};

const operationOf = (doc: unknown, method: string, path: string, operation: unknown): Operation => {
  const body = resolve(doc, child(operation, "requestBody"));
  return {
    id: `${method}-${path}`.replaceAll(/[^a-z0-9]+/gi, "-").replace(/-$/, ""),
    method,
    path,
    summary: text(child(operation, "summary")) ?? "",
    about: text(child(operation, "description")),
    parameters: list(child(operation, "parameters")).map((one) => {
      const parameter = resolve(doc, one);
      return {
        name: text(child(parameter, "name")) ?? "",
        place: text(child(parameter, "in")) ?? "",
        required: child(parameter, "required") === true,
        about: text(child(parameter, "description")) ?? shapeOf(doc, child(parameter, "schema")),
      };
    }),
    body: body === undefined ? null : partOf(doc, "Send", body),
    answers: Object.entries(record(child(operation, "responses"))).map(([status, answer]) =>
      partOf(doc, `Answer ${status}`, resolve(doc, answer)),
    ),
  };
};

const partOf = (doc: unknown, title: string, part: unknown): Part => {
  const content = Object.entries(record(child(part, "content")))[0];
  const schema = content === undefined ? undefined : child(content[1], "schema");
  const kind = content === undefined || content[0] === "application/json" ? "" : ` (${content[0]})`;
  return {
    title: `${title}${kind}`,
    about: text(child(part, "description")) ?? "",
    shape: schema === undefined ? null : shapeOf(doc, schema),
  };
};

// Deeper than this nobody reads on, and a schema that contains itself ends.
const deepest = 5;

const shapeOf = (doc: unknown, given: unknown, depth = 0): string => {
  const schema = resolve(doc, given);
  const choices = [...list(child(schema, "enum"))];
  if (choices.length > 0) return choices.map((one) => JSON.stringify(one)).join(" | ");
  const either = [...list(child(schema, "anyOf")), ...list(child(schema, "oneOf"))];
  if (either.length > 0) return [...new Set(either.map((one) => shapeOf(doc, one, depth)))].join(" | ");
  if (child(schema, "const") !== undefined) return JSON.stringify(child(schema, "const"));
  if (child(schema, "items") !== undefined) return `[ ${shapeOf(doc, child(schema, "items"), depth)} ]`;
  const properties = Object.entries(record(child(schema, "properties")));
  if (properties.length === 0 || depth >= deepest) return typeOf(schema);
  const required = list(child(schema, "required"));
  const indent = "  ".repeat(depth + 1);
  const lines = properties.map(
    ([name, property]) =>
      `${indent}${name}${required.includes(name) ? "" : "?"}: ${shapeOf(doc, property, depth + 1)}`,
  );
  return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
};

const typeOf = (schema: unknown): string => {
  const type = child(schema, "type");
  const word = Array.isArray(type) ? type.join(" | ") : (text(type) ?? "anything");
  return child(schema, "nullable") === true ? `${word} | null` : word;
};

const resolve = (doc: unknown, part: unknown): unknown => {
  const ref = text(child(part, "$ref"));
  if (ref === null || !ref.startsWith("#/")) return part;
  return ref
    .slice(2)
    .split("/")
    .reduce<unknown>((at, name) => child(at, name), doc);
};

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
const child = (value: unknown, name: string): unknown =>
  Object.hasOwn(record(value), name) ? record(value)[name] : undefined;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
