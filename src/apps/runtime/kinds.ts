interface Kind {
  /** What people call it. */
  title: string;
  /** As SQLite keeps it. */
  sql: "TEXT" | "INTEGER" | "REAL";
  /** The input of a form. */
  input: string;
  /** As JSON Schema has it. */
  json: "string" | "integer" | "number" | "boolean";
  format?: string;
  /** In words that every database takes for its own type; the others hold text. */
  cast?: string;
  /** Characters at most. */
  most: number;
  isText?: true;
  isNumber?: true;
}

const text = { sql: "TEXT", json: "string", isText: true } as const;
const stamp = { sql: "TEXT", json: "string", most: 100 } as const;
const real = { sql: "REAL", json: "number", cast: "DOUBLE PRECISION" } as const;
const number = { input: "number", most: 100, isNumber: true } as const;

/** All that follows from what a column holds. */
export const kinds = {
  text: { ...text, title: "Text", input: "text", most: 500 },
  longtext: { ...text, title: "Long text", input: "text", most: 20_000 },
  email: { ...text, title: "Email address", input: "email", format: "email", most: 254 },
  phone: { ...text, title: "Phone number", input: "tel", most: 100 },
  url: { ...text, title: "Web address", input: "url", format: "uri", most: 2_000 },
  integer: { ...number, title: "Whole number", sql: "INTEGER", json: "integer", cast: "BIGINT" },
  decimal: { ...number, ...real, title: "Number with decimals" },
  money: { ...number, ...real, title: "Money" },
  percent: { ...number, ...real, title: "Percent" },
  boolean: {
    ...{ title: "Yes or no", sql: "INTEGER", input: "checkbox", json: "boolean", cast: "BOOLEAN", most: 100 },
  },
  date: { ...stamp, title: "Date", input: "date", format: "date" },
  timestamp: { ...stamp, title: "Date and time", input: "datetime-local" },
  reference: { ...stamp, title: "A row of another table", input: "text", format: "uuid" },
} as const satisfies Record<string, Kind>;

/** What a column holds. It decides the SQL type, the input on the form and how a value is checked and shown. */
export type ColumnType = keyof typeof kinds;
export const columnTypes = Object.keys(kinds) as [ColumnType, ...ColumnType[]];

export const kindOf = (type: ColumnType): Kind => kinds[type];
/** Whether a type holds numbers that one counts with. */
export const isNumeric = (type: ColumnType): boolean => kindOf(type).isNumber === true;
/** Whether a type holds words, which a search can look into. */
export const isText = (type: ColumnType): boolean => kindOf(type).isText === true;
