import type { Accounts } from "#core/accounts.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import { nobodyElse, type Others } from "#core/others.ts";
import {
  isSavedScript,
  type SavedScripts,
  type ScriptTable,
  type ScriptVersion,
  scriptCode,
  scriptIdOf,
  versionOfCode,
} from "#core/saved-script.ts";
import type { Workflow } from "#core/workflow.ts";
import type { Workflows } from "#core/workflows.ts";
import { checkedText, isSame } from "./script-text.ts";

export interface ScriptsDeps {
  table: ScriptTable;
  accounts: Pick<Accounts, "audit">;
  clock: Pick<Clock, "now">;
  log: Log;
  /** The other workflows. */
  others: Workflows;
  /** The other processes that work on the same database. */
  processes?: Others;
  /** The workflow that a version is. Throws AppError("bad-input") with the field where it cannot be used. */
  make(version: ScriptVersion): Workflow;
}

/** Saved scripts, and all workflows with them among those. */
export interface OpenScripts extends SavedScripts {
  workflows: Workflows;
}

/** More versions than these are not kept in memory; they are read again where a run goes on with one. */
const mostMade = 2_000;

/** Reads the scripts that are offered; from then on they are known from memory. */
export const openScripts = async ({
  table,
  accounts,
  clock,
  log,
  others,
  processes = nobodyElse,
  make,
}: ScriptsDeps): Promise<OpenScripts> => {
  const made = new Map<string, Workflow>();
  let offered: readonly ScriptVersion[] = [];
  let usable: readonly Workflow[] = [];
  const keep = (version: ScriptVersion): Workflow => {
    const code = scriptCode(version);
    const workflow = made.get(code) ?? make(version);
    made.delete(code);
    made.set(code, workflow);
    const [oldest = ""] = made.keys();
    if (made.size > mostMade) made.delete(oldest);
    return workflow;
  };
  const readAll = async () => {
    offered = await table.offered();
    usable = offered.flatMap((version) => {
      try {
        return [keep(version)];
      } catch (error) {
        // What could be saved once can be refused after an upgrade; the others go on.
        log.warn({ err: error, script: version.id }, "a saved script could not be used and is not offered");
        return [];
      }
    });
  };
  let reading = Promise.resolve();
  // One after the other: what was read earlier must not come later.
  const read = (): Promise<void> => {
    reading = reading.then(readAll, readAll);
    return reading;
  };
  const there = async (id: string): Promise<readonly ScriptVersion[]> => {
    const versions = isSavedScript(id) ? await table.versions(id) : [];
    if (versions.length === 0) throw new AppError("not-found", "There is no such script.");
    return versions;
  };
  const freeId = async (name: string): Promise<string> => {
    for (let nth = 1; ; nth++) {
      const id = scriptIdOf(name, nth);
      const isTaken = others.offered().some((one) => one.id === id) || (await table.versions(id)).length > 0;
      if (!isTaken) return id;
    }
  };
  await read();
  processes.listen((what) => {
    if (what === "scripts" || what === "missed")
      read().catch((error: unknown) => log.warn({ err: error }, "saved scripts could not be read anew"));
  });
  return {
    offered: () => offered,
    versions: there,
    save: async (given, written, after, by) => {
      const text = checkedText(written);
      const newest = given === null ? undefined : (await there(given))[0];
      if (newest !== undefined && newest.n !== after)
        throw new AppError(
          "conflict",
          `${newest.savedBy} saved version ${newest.n} meanwhile. Look at it, then save yours.`,
        );
      const isOffered = offered.some(({ id }) => id === newest?.id);
      if (newest !== undefined && isOffered && isSame(newest, text)) return newest;
      const id = newest?.id ?? (await freeId(text.name));
      const version = { ...text, id, n: (newest?.n ?? 0) + 1, savedAt: clock.now(), savedBy: by.name };
      make(version);
      await table.save(version);
      processes.say("scripts");
      await read();
      const target = `${version.name}, version ${version.n}`;
      await accounts.audit({ at: version.savedAt, by, did: "saved a script", target });
      return version;
    },
    remove: async (id, by) => {
      const [{ name } = { name: id }] = await there(id);
      await table.remove(id);
      processes.say("scripts");
      await read();
      await accounts.audit({ at: clock.now(), by, did: "removed a script", target: name });
    },
    workflows: {
      areBeingRead: () => others.areBeingRead(),
      offered: () => {
        const all = others.offered();
        const isOther = ({ id }: { id: string }) => all.some((one) => one.id === id);
        return [...all, ...usable.filter((one) => !isOther(one))];
      },
      of: (run) => (versionOfCode(run.code) === null ? others.of(run) : made.get(run.code ?? "")),
      ready: async (run) => {
        const meant = versionOfCode(run.code);
        if (meant === null) return others.ready(run);
        if (made.has(run.code ?? "")) return;
        const version = await table.version(meant.id, meant.n);
        if (version !== null) keep(version);
      },
    },
  };
};
