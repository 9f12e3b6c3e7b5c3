import { encodings } from "#apps/runtime/csv-text.ts";
import { select } from "#core/field-choices.ts";

/** Asks in which encoding files of rows are. `none`: what is chosen where nothing is. */
export const encodingField = (label: string, none: string) =>
  select("encoding", label, {
    help: "Choose another one where letters with accents come out wrong.",
    options: Object.entries(encodings).map(([value, label]) => ({ value, label })),
    none,
    otherwise: "Choose one of the encodings.",
  });
