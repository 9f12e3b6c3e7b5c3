/** What happened and could not be written down yet, by run: for the page, which cannot learn it from the store. */
export interface NotYetRecorded {
  since: number;
  because: string;
}

export type Unrecorded = Map<string, NotYetRecorded>;
