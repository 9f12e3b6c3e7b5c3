import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** How many rooms a walk may enter: files of the house of which a function was executed. The aim is 20. */
const most = { post: 85, answer: 93, cancel: 79 };
/** How many of them belong to the door and the pages. */
const mostOfWeb = { post: 19, answer: 19, cancel: 17 };

type Walks = Readonly<Record<keyof typeof most, readonly string[]>>;
const ofWeb = (rooms: readonly string[]) =>
  rooms.filter((room) => /^(?:src\/(?:web|people)|views)\//.test(room));

test("a form post, an answer and a cancel each enter few rooms on their way to what is kept", async () => {
  const program = fileURLToPath(new URL("walk.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program]);
  const walks = JSON.parse(stdout) as Walks;
  expect(Object.keys(walks)).toEqual(Object.keys(most));
  for (const [name, rooms] of Object.entries(walks) as [keyof Walks, readonly string[]][]) {
    // Nobody gets anywhere past the door, the engine and the store.
    for (const room of ["src/web/door.ts", "src/engine/engine.ts", "src/store/sql-store.ts"])
      expect(rooms).toContain(room);
    expect(rooms.length, `${name}:\n${rooms.join("\n")}`).toBeLessThanOrEqual(most[name]);
    expect(ofWeb(rooms).length, `${name}:\n${ofWeb(rooms).join("\n")}`).toBeLessThanOrEqual(mostOfWeb[name]);
  }
});
