import { choice } from "#core/field-choices.ts";
import { secret, text } from "#core/field-kinds.ts";
import { question } from "#core/question.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import type { Vault } from "./vault.ts";

export const restoreBackup = (vault: Vault) =>
  workflow(
    "restore-backup",
    "Restore a backup",
    "Brings a database back to an earlier night.",
    start({
      fields: [
        text("database", "Database", { required: true, placeholder: "orders" }),
        secret("password", "Its password", { required: true }),
      ],
      subject: ({ database }) => database,
      lock: ({ database }) => `database:${database}`,
    }),
  )
    .ask(
      "which",
      "Which backup?",
      question({
        fields: async ({ input, signal }) => [
          choice("backup", "Backups", { options: await vault.backups(input.database, signal) }),
        ],
        submit: "Restore it",
      }),
    )
    .do("copy", "Copy the backup", {
      run: ({ results, secret, signal, progress }) =>
        vault.restore(results.which.backup, {
          password: secret("password"),
          signal,
          onBytes: (done, total) => progress(done, total, "copied", "bytes"),
        }),
      safeBecause: "Copying again replaces what was copied before.",
      undo: ({ result }) => vault.remove(result),
      detail: ({ name }) => `It is there as ${name}.`,
    })
    .wait("ready", "Wait for the database", {
      look: async ({ input, signal }) =>
        (await vault.isUp(input.database, signal)) ? { done: true } : { waiting: "starting" },
      everyMs: 2_000,
      timeoutMs: 600_000,
    })
    .hands(({ database }, { which }) => ({ sentence: `${database} is as it was in ${which.backup}.` }));
