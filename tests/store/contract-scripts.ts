import { describe, expect, it, onTestFinished } from "vitest";
import { mostScripts, type ScriptVersion } from "#core/saved-script.ts";
import { handClock, type OpenStore } from "./samples.ts";

/** The first version of a script. */
export const savedScript: ScriptVersion = {
  ...{ id: "script-a", n: 1, name: "A", about: "For tests.", script: "true", inputs: 'a text "A"' },
  ...{ check: "true", undo: "false", as: "me", minutes: 60, savedAt: 1, savedBy: "Ada" },
};

export const scriptsContract = (open: OpenStore) =>
  describe("saved scripts", () => {
    it("keep every version as it was, and offer the newest until it is removed", async () => {
      const { scripts, close } = await open(handClock());
      onTestFinished(() => close());
      const second = { ...savedScript, n: 2, name: "Z", script: "exit 1" };
      await scripts.save(savedScript);
      await scripts.save({ ...savedScript, id: "script-b", name: "B" });
      await scripts.save(second);
      expect((await scripts.offered()).map(({ id, n }) => [id, n])).toEqual([
        ["script-b", 1],
        ["script-a", 2],
      ]);
      await expect(scripts.save({ ...second, savedBy: "Bob" })).rejects.toMatchObject({ code: "conflict" });
      await scripts.remove("script-a");
      expect((await scripts.offered()).map(({ id }) => id)).toEqual(["script-b"]);
      expect(await scripts.versions("script-a")).toEqual([second, savedScript]);
      expect(await scripts.version("script-a", 1)).toEqual(savedScript);
      expect(await scripts.version("script-a", 3)).toBeNull();
    });

    it("never become more than are read at once, while one that is there can be saved anew", async () => {
      const { scripts, close } = await open(handClock());
      onTestFinished(() => close());
      for (let at = 0; at < mostScripts; at++) await scripts.save({ ...savedScript, id: `script-${at}` });
      await expect(scripts.save({ ...savedScript, id: "script-more" })).rejects.toMatchObject({
        code: "not-allowed-now",
      });
      await scripts.save({ ...savedScript, id: "script-7", n: 2 });
      expect(await scripts.offered()).toHaveLength(mostScripts);
    });
  });
