import { select } from "#core/field-choices.ts";

/** Asks which of the connected models is to help, if any. */
export const modelField = (
  label: string,
  help: string,
  { list, none }: { list(): Promise<readonly { id: string; name: string }[]>; none: string },
) =>
  select("model", label, {
    ...{ help, none },
    options: async () => (await list()).map(({ id, name }) => ({ value: id, label: name })),
    otherwise: "Choose one of the connections, or no model.",
  });
