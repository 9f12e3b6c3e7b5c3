const part = encodeURIComponent;

/** Every address of an app, from the place where it stands: "/apps/crm/", or "/" when it stands alone. */
export const addresses = (base: string) => ({
  home: () => base,
  list: (table: string) => `${base}${part(table)}`,
  board: (table: string) => `${base}${part(table)}/board`,
  fresh: (table: string) => `${base}${part(table)}/new`,
  exportCsv: (table: string) => `${base}${part(table)}/export.csv`,
  importCsv: (table: string) => `${base}${part(table)}/import`,
  row: (table: string, id: string) => `${base}${part(table)}/rows/${part(id)}`,
  edit: (table: string, id: string) => `${base}${part(table)}/rows/${part(id)}/edit`,
  remove: (table: string, id: string) => `${base}${part(table)}/rows/${part(id)}/delete`,
  /** No table can be called so. */
  bin: () => `${base}_bin`,
  restore: (seq: number) => `${base}_bin/${seq}/restore`,
  /** Rows that a reference may point to, for a picker that is typed into; `by` names the parameter that holds what was typed. */
  choices: (table: string, by: string) => `${base}${part(table)}/choices?by=${part(by)}`,
  move: (table: string, id: string) => `${base}${part(table)}/rows/${part(id)}/move`,
  apiBin: () => `${base}api/bin`,
  apiDocs: () => `${base}api/openapi.json`,
  api: (table: string) => `${base}api/db/${part(table)}`,
  /** A file that may be kept for ever: `version` changes with it. */
  asset: (name: string, version: string) => `${base}assets/${name}?v=${part(version)}`,
});
export type Addresses = ReturnType<typeof addresses>;

/** An address with parameters; those without a value are left out. */
export const withQuery = (
  address: string,
  params: Readonly<Record<string, string | number | undefined>>,
): string => {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params))
    if (value !== undefined && value !== "") query.set(key, String(value));
  return query.size === 0 ? address : `${address}?${query}`;
};
