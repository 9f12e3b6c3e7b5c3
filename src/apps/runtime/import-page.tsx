import type { CsvResult } from "./csv-read.ts";
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

/** What an import would do, and the button that does it. */
export const ImportPreview = ({
  site,
  name,
  table,
  csv,
  result,
}: ImportProps & { csv: string; result: CsvResult }) => (
  <Page site={site} title={`Import ${table.title.toLowerCase()}`} table={name}>
    <h1>Import {table.title.toLowerCase()}</h1>
    {result.wrong === 0 ? (
      <>
        <Note tone="good">{counted(table, result.rows)} can be added.</Note>
        <form method="post" action={site.to.importCsv(name)} enctype="multipart/form-data" class="buttons">
          <input type="hidden" name="csv" value={csv} />
          <button type="submit">Add {counted(table, result.rows)}</button>
          <a class="button quiet" href={site.to.list(name)}>
            Cancel
          </a>
        </form>
      </>
    ) : (
      <>
        <Note tone="bad">
          {result.wrong} of {result.rows} rows cannot be added. Correct the file and choose it again, or add
          the others and correct these afterwards.
        </Note>
        {result.wrong < result.rows && (
          <form method="post" action={site.to.importCsv(name)} enctype="multipart/form-data" class="buttons">
            <input type="hidden" name="csv" value={csv} />
            <input type="hidden" name="leave-out" value="yes" />
            <button type="submit">Add what fits: {counted(table, result.rows - result.wrong)}</button>
          </form>
        )}
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
    {result.above.length > 0 && (
      <p>
        {result.above.length === 1 ? "This line stands" : "These lines stand"} above the headings and{" "}
        {result.above.length === 1 ? "is" : "are"} left out: {result.above.join("; ")}.
      </p>
    )}
    {result.ignored.length > 0 && (
      <p>These columns are not part of the table and are left out: {result.ignored.join(", ")}.</p>
    )}
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
      {counted(table, result.rows - result.wrong)} added, {result.wrong} left out.
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

const counted = (table: Table, rows: number): string =>
  `${rows} ${(rows === 1 ? table.singular : table.title).toLowerCase()}`;
