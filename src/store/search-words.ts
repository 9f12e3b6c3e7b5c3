/** The words that somebody looks for. Neither a query of FTS5 nor a text of PostgreSQL takes a zero character. */
export const searchWords = (words: string): string[] => words.split(/[\s\0]+/u).filter((word) => word !== "");
