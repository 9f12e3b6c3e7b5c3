import { countText } from "#core/plural.ts";
import { type DiskKind, type DiskUse, diskKinds, type Room } from "#core/storage.ts";
import type { StoreSpace } from "#core/store.ts";
import { bytesText } from "#views/format.ts";
import { Ago } from "#views/parts/clock.tsx";

const kindWords: Readonly<Record<DiskKind, string>> = {
  database: "Database",
  exports: "Files of exports",
  logs: "Long log lines",
  apps: "Generated apps",
  crawls: "Crawls",
  copies: "Before upgrades",
  other: "All else",
};

/** So much has to be unused before compacting is worth its time. */
const worthBytes = 50_000_000;

/** What the data folder takes by kind, and what is free. */
export const DiskSection = ({
  use,
  room,
  space,
  now,
}: {
  use: DiskUse;
  room: Room;
  space: StoreSpace;
  now: number;
}) => (
  <section aria-labelledby="disk-title">
    <h2 id="disk-title">Disk</h2>
    <p>
      <strong>{bytesText(room.freeBytes)}</strong> of {bytesText(room.totalBytes)} are free. Below{" "}
      {bytesText(room.leastBytes)} nothing new is begun. Measured <Ago at={use.at} now={now} />.
    </p>
    <section class="scroll-box whole" tabindex={0} aria-label="What takes the room" hx-ignore>
      <table id="disk-use">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col" class="number">
              Files
            </th>
          </tr>
        </thead>
        <tbody>
          {diskKinds.map((kind) => (
            <tr>
              <th scope="row">{kindWords[kind]}</th>
              <td class="number">{bytesText(use.bytes[kind])}</td>
              <td class="number">{countText(use.files[kind])}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Together</th>
            <td class="number">{bytesText(sum(use.bytes))}</td>
            <td class="number">{countText(sum(use.files))}</td>
          </tr>
        </tfoot>
      </table>
    </section>
    <p>
      Of the database {bytesText(space.unusedBytes)} are unused.{" "}
      {space.givesBack ? (
        "It gives them back after each cleaning."
      ) : (
        <>
          It was made by an earlier Milepost and keeps them for what comes.
          {space.unusedBytes > worthBytes && (
            <>
              {" "}
              Stop Milepost and run <code>milepost compact</code> to get them back, now and by itself from
              then on.
            </>
          )}
        </>
      )}
    </p>
  </section>
);

const sum = (of: Readonly<Record<DiskKind, number>>): number =>
  diskKinds.reduce((all, kind) => all + of[kind], 0);
