/** What `milepost NAME …` can be told. */
interface Verb {
  /** What stands behind it; in brackets what need not, with a name in front what has to be there under it. */
  takes: readonly string[];
  does: string;
  /** Works on the database in the data folder, which there is none of with PostgreSQL: how one does it there. */
  otherwise?: string;
  load(): Promise<(...args: string[]) => Promise<void>>;
}

/** Each is loaded only when it is asked for, so that the small ones need not wait for the server's code. */
export const verbs: Readonly<Record<string, Verb>> = {
  serve: {
    takes: [],
    does: "runs the server, as npm start does",
    load: async () => (await import("./serve.ts")).run,
  },
  "sign-in": {
    takes: [],
    does: "prints a new link that signs a browser in, while the server runs",
    load: async () => (await import("./sign-in.ts")).run,
  },
  "sign-out-all": {
    takes: [],
    does: "signs every browser out at once",
    load: async () => (await import("./sign-out-all.ts")).run,
  },
  backup: {
    takes: ["FILE"],
    does: "puts all data into one file, also while the server runs",
    otherwise: "pg_dump saves it; save the data folder and the key beside it.",
    load: async () => (await import("./backup.ts")).run,
  },
  restore: {
    takes: ["FILE"],
    does: "puts a backup into an empty data folder",
    otherwise: "pg_restore puts it back; put back the data folder and the key beside it.",
    load: async () => (await import("./restore.ts")).run,
  },
  init: {
    takes: ["[FOLDER]"],
    does: "makes a folder for workflows of one's own, with an example",
    load: async () => (await import("./init.ts")).run,
  },
  check: {
    takes: ["[FOLDER]"],
    does: "looks whether all data are there and sound; or all workflows in a folder",
    load: async () => (await import("./check.ts")).run,
  },
  compact: {
    takes: [],
    does: "makes the database as small as what is in it, while no server runs",
    otherwise: "It cleans up by itself.",
    load: async () => (await import("./compact.ts")).run,
  },
  move: {
    takes: ["--to <database>"],
    does: "moves everything into the PostgreSQL at postgres://…, or back to “sqlite”, while no server runs",
    load: async () => (await import("./move.ts")).run,
  },
  "verify-audit": {
    takes: ["[FILE]"],
    does: "looks whether the audit, or the one in a backup, is as it was written",
    otherwise: "“GET /api/audit” gives the entries with their hashes.",
    load: async () => (await import("./verify-audit.ts")).run,
  },
  "rotate-key": {
    takes: [],
    does: "seals all secrets with a new key, while no server runs",
    load: async () => (await import("./rotate-key.ts")).run,
  },
  "forget-secrets": {
    takes: [],
    does: "forgets what was sealed with a key that is lost",
    load: async () => (await import("./forget-secrets.ts")).run,
  },
  "go-back": {
    takes: [],
    does: "puts back the database as it was before an upgrade, for the Milepost from before",
    otherwise: "Put back what pg_dump saved before the upgrade.",
    load: async () => (await import("./go-back.ts")).run,
  },
  "go-on": {
    takes: [],
    does: "goes on with what can be read of a database whose newest changes are damaged",
    otherwise: "PostgreSQL puts itself right; if it cannot, restore what pg_dump saved.",
    load: async () => (await import("./go-on.ts")).run,
  },
  version: { takes: [], does: "prints the version", load: async () => (await import("./version.ts")).run },
};
