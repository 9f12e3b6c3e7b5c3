import type { Clock } from "./clock.ts";
import { Field } from "./field.tsx";
import { isNumeric } from "./kinds.ts";
import { Note } from "./page.tsx";
import { choicesOf } from "./picker.ts";
import type { Row } from "./rows.ts";
import { entered, type Table } from "./schema.ts";
import type { Site } from "./site.ts";
import { plain, spoken } from "./spoken.ts";
import { initialText } from "./value.ts";

/** A form as it is shown: what stands in its inputs, and what is wrong with it. */
export interface FormState {
  values: Record<string, string>;
  problems: Record<string, string>;
  /** The row as somebody else changed it while this form was open. */
  changed?: Row;
}

/** What a form for a new row begins with; `given` comes from the address, such as the customer of a new sale. */
export const freshForm = (table: Table, clock: Clock, given: URLSearchParams): FormState => ({
  values: Object.fromEntries(
    entered(table).map(([id, column]) => [id, given.get(id) ?? initialText(column, clock)]),
  ),
  problems: {},
});

/** What a form for a row that is there begins with. */
export const formOf = (table: Table, row: Row): FormState => ({
  values: Object.fromEntries(
    entered(table).map(([id, column]) => {
      const value = row.values[id] ?? "";
      return [id, isNumeric(column.type) ? plain(column, row.values[id] ?? null) : String(value)];
    }),
  ),
  problems: {},
});

/** The inputs of all columns. `form` makes their ids different from those of other forms on the page. */
export const Fields = ({
  site,
  table,
  form,
  state,
}: {
  site: Site;
  table: Table;
  form: string;
  state: FormState;
}) => {
  const columns = entered(table).map(([id]) => id);
  const goOn = columns.find((id) => Object.hasOwn(state.problems, id)) ?? columns[0];
  return (
    <>
      {state.changed !== undefined && <Changed table={table} state={state} now={state.changed} />}
      {Object.keys(state.problems).length > 0 && (
        <Note tone="bad">Not saved yet. {Object.values(state.problems).join(" ")}</Note>
      )}
      <div class="fields">
        {entered(table).map(([id, column]) => (
          <Field
            to={site.to}
            form={form}
            id={id}
            column={column}
            value={state.values[id] ?? ""}
            problem={state.problems[id]}
            focused={id === goOn}
            choices={column.to === undefined ? undefined : choicesOf(site, column.to, state.values[id] ?? "")}
          />
        ))}
      </div>
    </>
  );
};

const Changed = ({ table, state, now }: { table: Table; state: FormState; now: Row }) => {
  const different = entered(table).filter(
    ([id]) => String(now.values[id] ?? "") !== sameForm(table, id, state.values[id] ?? ""),
  );
  return (
    <div class="note bad">
      <p>
        Somebody changed “{now.name}” while you were editing, so nothing was saved.{" "}
        {different.length === 0
          ? "It now says the same as your form."
          : "This is what it says now where your form differs; save again to replace it."}
      </p>
      {different.length > 0 && (
        <ul>
          {different.map(([id, column]) => (
            <li>
              {column.label}:{" "}
              <strong>{now.names[id] ?? (spoken(column, now.values[id] ?? null) || "nothing")}</strong>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};

// Forms say yes and no, and leave the seconds out.
const sameForm = (table: Table, id: string, text: string): string => {
  const type = table.columns[id]?.type;
  if (type === "boolean") return text === "yes" ? "1" : text === "no" ? "0" : text;
  if (type !== undefined && isNumeric(type) && text !== "") return String(Number(text.replace(",", ".")));
  if (type === "timestamp" && text.length === 16) return `${text}:00`;
  return text.trim().replaceAll("\r\n", "\n");
};
