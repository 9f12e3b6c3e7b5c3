import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { inDataFolder } from "#main/data-folder.ts";
import { assertUsable } from "#main/keep/usable.ts";

test.each([0o644, 0o640, 0o604])(
  "a key that others could read (mode %o) is refused with the way on, and left as it is",
  (mode) => {
    const at = inDataFolder(mkdtempSync(join(tmpdir(), "milepost-usable-")));
    onTestFinished(() => rmSync(at.folder, { recursive: true }));
    writeFileSync(at.key, Buffer.alloc(32), { mode: 0o600 });
    const words = () => {
      try {
        assertUsable(at, { warn: () => {} });
      } catch (error) {
        return String(error);
      }
      return "";
    };
    // A key without its database is refused as well, later and for that reason.
    expect(words()).not.toContain("could be read by others");
    chmodSync(at.key, mode);
    expect(words()).toContain(`chmod 600 ${at.key}`);
    expect(statSync(at.key).mode & 0o777).toBe(mode);
  },
);
