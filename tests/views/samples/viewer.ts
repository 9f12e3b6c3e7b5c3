import { statics } from "../statics.ts";

/** Who looks at the samples. */
export const viewer = { user: { name: "admin", role: "admin" }, version: statics.version } as const;
