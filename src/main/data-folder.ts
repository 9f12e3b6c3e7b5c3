import { join } from "node:path";

/** Where what lies in a data folder. docs/keep/running.md says what each is. */
export const inDataFolder = (folder: string) => ({
  folder,
  database: join(folder, "milepost.sqlite"),
  /** Where the database went, or is going: only while it is not here. */
  moved: join(folder, "moved"),
  key: join(folder, "key"),
  /** Only while the key is being changed. */
  nextKey: join(folder, "key.next"),
  exports: join(folder, "exports"),
  logs: join(folder, "logs"),
  apps: join(folder, "apps"),
  /** The code of people's own workflows, as runs began with it. */
  workflowCode: join(folder, "workflow-code"),
  /** What commands on this machine that outlive Milepost have to say. */
  jobs: join(folder, "jobs"),
  sandbox: join(folder, "sandbox"),
  /** The database as it was before each of the last upgrades that changed its tables. */
  before: join(folder, "before"),
  /** Which Milepost ran here last, and which one people knew. */
  version: join(folder, "version"),
  looked: join(folder, "looked"),
  /** What the terminal asks of the server that runs. */
  asked: join(folder, "asked"),
  /** Of the server that runs, for programs that work beside it. */
  address: join(folder, "address"),
});
export type DataFolder = ReturnType<typeof inDataFolder>;
