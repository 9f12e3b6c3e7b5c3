/** Something that a person must agree to. */
export interface Reach {
  line: number;
  /** A whole sentence. */
  says: string;
}

export type Path = readonly (string | number)[];

/** Where the parts of a file are read into. */
export interface Found {
  reaches: Reach[];
  notes: string[];
  reach(path: Path, says: string): void;
  /** Something that cannot go. */
  refuse(path: Path, says: string): never;
}

export type Mapping = Readonly<Record<string, unknown>>;

export const mapping = (value: unknown): Mapping | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Mapping) : null;

export const entries = (value: unknown): [string, unknown][] => Object.entries(mapping(value) ?? {});

export const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

/** As Docker Compose takes it for "no", or as nothing said. */
export const isNo = (value: unknown): boolean =>
  value === undefined || value === null || value === false || value === "no" || value === "false";

/** Whether it is filled in by a variable, so that nobody knows what it will be. */
export const isOpen = (value: unknown): boolean => typeof value === "string" && value.includes("$");
