/** A folder of the house and what it may know of the others. */
export interface Layer {
  /** Where it stands: "src/core", "views". Across folders it is imported as "#core/…". */
  folder: string;
  /** What it may import besides itself: a layer ("core"), a part of one ("connectors/http") or its one door ("engine/engine.ts"). */
  may: readonly string[];
  /** Its folders do not know each other, but for these, which all of them share. What lies beside the folders is shared too. */
  apart?: readonly string[];
  /** The only packages that it may import; none given: any but those that have an owner. */
  packages?: readonly string[];
}

/** Which folder may know which: what is not listed is forbidden. docs/architecture.md says what is in each. */
export const layers: readonly Layer[] = [
  { folder: "src/core", may: [], packages: ["zod", "croner"] },
  { folder: "src/engine", may: ["core"], packages: [] },
  { folder: "src/store", may: ["core"] },
  { folder: "src/connectors", may: ["core"], apart: ["http"] },
  { folder: "src/connections", may: ["core"] },
  { folder: "src/retention", may: ["core"] },
  { folder: "src/crawl", may: ["core", "connectors/http"] },
  { folder: "src/openclaw", may: ["core", "connectors"] },
  { folder: "src/stacks", may: ["core", "connectors"] },
  { folder: "src/kits", may: ["core", "connectors"] },
  { folder: "src/authored", may: ["core", "kits"] },
  { folder: "src/workflows", may: ["core", "connectors", "openclaw", "stacks", "apps", "kits"], apart: [] },
  { folder: "src/apps", may: ["core"] },
  // It travels with every downloaded app, where there is no other layer.
  { folder: "src/apps/runtime", may: [] },
  { folder: "src/people", may: ["core"] },
  { folder: "src/chat", may: ["core", "engine/engine.ts", "views"] },
  { folder: "src/notify", may: ["core", "engine/engine.ts", "connectors", "chat/told.ts", "views"] },
  { folder: "src/messengers", may: ["core", "engine/engine.ts", "connectors", "chat", "notify"] },
  { folder: "src/triggers", may: ["core", "engine/engine.ts"] },
  { folder: "src/scripts", may: ["core"] },
  { folder: "src/sandbox", may: ["core"], apart: [] },
  {
    folder: "src/web",
    may: [
      "core",
      "engine/engine.ts",
      "people",
      "triggers",
      "messengers/messengers.ts",
      "connections",
      "apps",
      "chat",
      "notify",
      "views",
    ],
  },
  {
    folder: "src/compat",
    may: ["core", "engine/engine.ts", "web/deps.ts", "web/api", "web/live"],
    apart: [],
  },
  { folder: "src/mcp", may: ["core", "engine/engine.ts", "chat", "web/deps.ts", "web/api", "views"] },
  { folder: "src/cli", may: ["core", "connectors/http", "views"] },
  { folder: "src/main", may: ["*"] },
  { folder: "views", may: ["core"], packages: ["hono"] },
];

/** Packages that only one layer, or one part of it, knows. */
export const owners: Readonly<Record<string, string>> = {
  "drizzle-orm": "store",
  undici: "connectors/http",
  croner: "core/times.ts",
};

/** Who reads the environment, and why it may: everybody else is handed what was read. */
export const environment: Readonly<Record<string, string>> = {
  "src/main/config.ts": "It reads the configuration of the server.",
  "src/apps/runtime/stand-alone.ts": "A downloaded app is a program of its own.",
  "src/sandbox/ssh/openclaw/place.ts":
    "The sandbox's openclaw is a program of its own, told where its home is.",
  "src/sandbox/ssh/openclaw/gateway.ts":
    "The sandbox's gateway is a program of its own, told whom it ends with.",
};

/** The files that export a default, because they are found by their place and not by a name. */
export const foundByPlace = /^src\/workflows\/[^/]+\/workflow\.ts$/;

/** A file with more lines than this holds two ideas. */
export const longestFile = 250;

/** "core" for "src/core". */
export const nameOf = ({ folder }: Layer): string => folder.replace(/^src\//, "");

/** The layer that a file ("src/core/run.ts") lies in: the innermost one. */
export const layerOf = (file: string): Layer | undefined =>
  layers
    .filter(({ folder }) => file.startsWith(`${folder}/`))
    .toSorted((one, other) => other.folder.length - one.folder.length)[0];

/** "nothing", "core, connectors/http", "everything". */
export const mayInWords = ({ may }: Layer): string =>
  may.includes("*") ? "everything" : may.join(", ") || "nothing";
