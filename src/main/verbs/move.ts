import { AppError } from "#core/errors.ts";
import { plural } from "#core/plural.ts";
import { readConfig, readDatabaseAddress } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { type Moved, moveHere, moveTo } from "#main/keep/move.ts";
import { say } from "#main/say.ts";

export const run = async (to = ""): Promise<void> => {
  const config = readConfig();
  const { dataDir, database } = config;
  const at = inDataFolder(dataDir);
  const address = readDatabaseAddress(to);
  if (to !== "sqlite" && address === null)
    throw new AppError(
      "bad-input",
      "Say where to: milepost move --to postgres://…, or milepost move --to sqlite.",
    );
  if (address === null) {
    if (database === null)
      throw new AppError(
        "bad-input",
        "Say with MILEPOST_DATABASE which PostgreSQL is to be moved into the data folder.",
      );
    tell(await moveHere(at, database, config));
    say(
      `Start Milepost without MILEPOST_DATABASE. What was moved is still in PostgreSQL, and no server starts on it.`,
    );
    return;
  }
  if (database !== null)
    throw new AppError(
      "bad-input",
      "MILEPOST_DATABASE is set: what is moved is the database in the data folder, so take that away first.",
    );
  const moved = await moveTo(at, address, config);
  tell(moved);
  say(`Start Milepost with this address as MILEPOST_DATABASE, and the same data folder and key.`);
  say(`What was moved is kept as ${moved.aside}.`);
};

const tell = ({ sums, apps, crawls, looked, already }: Moved): void => {
  const width = Math.max(...sums.map(({ table }) => table.length));
  const line = (what: string, rows: number, sha256: string): void => {
    if (rows > 0) say(`  ${what.padEnd(width)} ${String(rows).padStart(9)}  ${sha256.slice(0, 16)}`);
  };
  for (const { table, rows, sha256 } of sums) line(table, rows, sha256);
  for (const { slug, sums: own } of apps)
    for (const { table, rows, sha256 } of own) line(`apps/${slug} ${table}`, rows, sha256);
  for (const { url, analysis, pages, sha256 } of crawls) line(`crawl ${analysis} of ${url}`, pages, sha256);
  const rows = sums.reduce((all, sum) => all + sum.rows, 0);
  say(
    `${already ? "All was there already: " : "Moved "}${plural(rows, "row")} of ${plural(sums.length, "table")}, read back and the same, hash by hash. ${looked} are as they were.`,
  );
};
