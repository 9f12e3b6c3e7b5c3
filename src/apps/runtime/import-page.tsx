import type { CsvResult } from "./csv-read.ts";
import { targetWords } from "./csv-targets.ts";
import { encodings } from "./csv-text.ts";
import { Note, Page } from "./page.tsx";
import { PlainRows } from "./plain-rows.tsx";
import type { Table } from "./schema.ts";
import { listed } from "./show.tsx";
import type { Site } from "./site.ts";

interface ImportProps {
  site: Site;
  name: string;
  table: Table;
  /** Why the file cannot be read at all. */
  refused?: string;
}

/** The page on which a CSV file is chosen. */
export const ImportPage = ({ site, name, table, refused }: ImportProps) => (
  <Page site={site} title={`Import ${table.title.toLowerCase()}`} table={name}>
    <h1>Import {table.title.toLowerCase()}</h1>
    {refused !== undefined && <Note tone="bad">{refused}</Note>}
    <form class="card" method="post" action={site.to.importCsv(name)} enctype="multipart/form-data">
      <div class="field">
        <label for="file">CSV file</label>
        <input
          type="file"
          id="file"
          name="file"
          accept=".csv,text/csv"
          required
          aria-describedby="file-help"
        />
        <p id="file-help">
          The first line names the columns:{" "}
          {Object.values(table.columns)
            .map(({ label, required }) => (required ? `${label} (needed)` : label))
            .join(", ")}
          . Every row becomes a new {table.singular.toLowerCase()}. You see what would be added before
          anything is.
        </p>
      </div>
      <div class="field">
        <label for="encoding">Encoding</label>
        <select id="encoding" name="encoding" aria-describedby="encoding-help">
          <option value="">As the file says, or UTF-8</option>
          {Object.entries(encodings).map(([value, label]) => (
            <option value={value}>{label}</option>
          ))}
        </select>
        <p id="encoding-help">Choose another one where letters with accents come out wrong.</p>
      </div>
      <div class="buttons">
        <button type="submit">Look at the rows</button>
        <a class="button quiet" href={site.to.list(name)}>
          Cancel
        </a>
      </div>
    </form>
  </Page>
);

interface PreviewProps extends ImportProps {
  csv: string;
  /** The column by which rows that are there are found; "" for none. */
  chosen: string;
  result: CsvResult;
}

/** What an import would do, where each column goes, and the buttons that look again or do it. */
export const ImportPreview = ({ site, name, table, csv, chosen, result }: PreviewProps) => (
  <Page site={site} title={`Import ${table.title.toLowerCase()}`} table={name}>
    <h1>Import {table.title.toLowerCase()}</h1>
    {result.wrong === 0 ? (
      <Note tone="good">{would(table, result)}.</Note>
    ) : (
      <>
        <Note tone="bad">
          {result.wrong} of {result.rows} rows cannot be added. Correct the file and choose it again, say
          below where its columns go, or add the others and correct these afterwards.
        </Note>
        <ul class="card">
          {result.problems.map(({ line, sentences }) => (
            <li>
              <strong>Row {line}:</strong> {sentences.join(" ")}
            </li>
          ))}
          {result.wrong > result.problems.length && (
            <li>and {result.wrong - result.problems.length} more rows</li>
          )}
        </ul>
        <p>
          <a href={site.to.importCsv(name)}>Choose another file</a>
        </p>
      </>
    )}
    <form class="card" method="post" action={site.to.importCsv(name)} enctype="multipart/form-data">
      <input type="hidden" name="csv" value={csv} />
      <div class="fields">
        {result.columns.map(({ heading, target }, at) => (
          <Select
            name={`map.${at}`}
            label={heading.trim() || `Column ${at + 1}`}
            value={target}
            options={[["", "Left out"], ...targetWords(table)]}
          />
        ))}
        <Select
          name="key"
          label="Rows that are there already"
          value={chosen}
          options={[
            ["", "are not looked for: every row is added"],
            ...targetWords(table)
              .filter(([word]) => !word.includes(":"))
              .map(([word, label]): [string, string] => [word, `with the same “${label}” are changed`]),
          ]}
        />
      </div>
      <div class="buttons">
        {result.wrong === 0 && (
          <button type="submit" name="does" value="add">
            {result.changed === 0
              ? `Add ${counted(table, result.rows)}`
              : `Add and change ${counted(table, result.rows)}`}
          </button>
        )}
        {result.wrong > 0 && result.wrong < result.rows && (
          <button type="submit" name="does" value="leave-out">
            Add what fits: {counted(table, result.rows - result.wrong)}
          </button>
        )}
        <button type="submit" name="does" value="look" class="quiet">
          Look again
        </button>
        <a class="button quiet" href={site.to.list(name)}>
          Cancel
        </a>
      </div>
    </form>
    {result.above.length > 0 && (
      <p>
        {result.above.length === 1 ? "This line stands" : "These lines stand"} above the headings and{" "}
        {result.above.length === 1 ? "is" : "are"} left out: {result.above.join("; ")}.
      </p>
    )}
    {result.ignored.length > 0 && <p>These columns are left out: {result.ignored.join(", ")}.</p>}
    {result.sample.length > 0 && (
      <section>
        <h2>The first rows</h2>
        <PlainRows
          {...{ site, name, table }}
          rows={result.sample}
          columns={listed(table)}
          caption="The first rows of the file"
          linked={false}
        />
      </section>
    )}
  </Page>
);

/** What was added of a file, and the way to what was left out. */
export const ImportedPartly = ({ site, name, table, result }: ImportProps & { result: CsvResult }) => (
  <Page site={site} title={`Import ${table.title.toLowerCase()}`} table={name}>
    <h1>Import {table.title.toLowerCase()}</h1>
    <Note tone="good">
      {counted(table, result.rows - result.wrong)} added
      {result.changed > 0 && ` or changed (${result.changed})`}, {result.wrong} left out.
    </Note>
    <form method="post" action={site.to.importCsv(name)} enctype="multipart/form-data" class="buttons">
      <input type="hidden" name="left" value={result.wrongRows} />
      <button type="submit">Save what was left out, to correct it</button>
      <a class="button quiet" href={site.to.list(name)}>
        {table.title}
      </a>
    </form>
    <p>
      The file says in a last column what is wrong with each row; that column is left out when you import it.
    </p>
  </Page>
);

const Select = ({
  name,
  label,
  value,
  options,
}: {
  name: string;
  label: string;
  value: string;
  options: [string, string][];
}) => (
  <div class="field">
    <label for={name}>{label}</label>
    <select id={name} name={name}>
      {options.map(([word, words]) => (
        <option value={word} selected={word === value}>
          {words}
        </option>
      ))}
    </select>
  </div>
);

const would = (table: Table, { rows, changed }: CsvResult): string =>
  changed === 0
    ? `${counted(table, rows)} can be added`
    : `${counted(table, rows - changed)} can be added, ${changed} that ${changed === 1 ? "is" : "are"} there would be changed`;

const counted = (table: Table, rows: number): string =>
  `${rows} ${(rows === 1 ? table.singular : table.title).toLowerCase()}`;
