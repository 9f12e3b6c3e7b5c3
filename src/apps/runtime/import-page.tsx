import type { CsvResult } from "./csv-read.ts";
import { targetWords } from "./csv-targets.ts";
import { encodings } from "./csv-text.ts";
import { Note, Page } from "./page.tsx";
import type { Table } from "./schema.ts";
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
          . They are added all or none, unless the wrong ones are left out.
        </p>
      </div>
      <div class="field">
        <label for="key">Rows that are there already</label>
        <select id="key" name="key">
          <option value="">are not looked for: every row is added</option>
          {targetWords(table)
            .filter(([word]) => !word.includes(":"))
            .map(([word, label]) => (
              <option value={word}>with the same “{label}” are changed</option>
            ))}
        </select>
      </div>
      <div class="field">
        <label for="wrong">
          <input type="checkbox" id="wrong" name="wrong" value="leave-out" /> Leave out rows that are wrong
        </label>
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
        <button type="submit">Import</button>
        <a class="button quiet" href={site.to.list(name)}>
          Cancel
        </a>
      </div>
    </form>
  </Page>
);

/** What came of a file, or why nothing did. */
export const Imported = ({
  site,
  name,
  table,
  result: { rows, changed, wrong, problems, ignored, wrongRows },
  isKept,
}: ImportProps & { result: CsvResult; isKept: boolean }) => (
  <Page site={site} title={`Import ${table.title.toLowerCase()}`} table={name}>
    <h1>Import {table.title.toLowerCase()}</h1>
    {isKept ? (
      <Note tone="good">
        {counted(table, rows - wrong)} added
        {changed > 0 && ` or changed (${changed})`}, {wrong} left out.
      </Note>
    ) : (
      <Note tone="bad">
        {wrong} of {rows} rows cannot be added, so nothing was. Correct the file and choose it again, or have
        the wrong rows left out.
      </Note>
    )}
    {ignored.length > 0 && <p>These columns mean nothing here: {ignored.join(", ")}.</p>}
    <ul class="card">
      {problems.map(({ line, sentences }) => (
        <li>
          <strong>Row {line}:</strong> {sentences.join(" ")}
        </li>
      ))}
      {wrong > problems.length && <li>and {wrong - problems.length} more rows</li>}
    </ul>
    {wrong > 0 && (
      <div class="field">
        <label for="left">These rows as CSV, to be corrected; what is wrong stands in the last column</label>
        <textarea id="left" rows={6} readonly>
          {wrongRows}
        </textarea>
      </div>
    )}
    <div class="buttons">
      <a class="button" href={site.to.importCsv(name)}>
        Choose another file
      </a>
      <a class="button quiet" href={site.to.list(name)}>
        {table.title}
      </a>
    </div>
  </Page>
);

const counted = (table: Table, rows: number): string =>
  `${rows} ${(rows === 1 ? table.singular : table.title).toLowerCase()}`;
