import { loadStaticFiles } from "#web/static-files.ts";

/** What browsers are sent beside the pages, as the real server sends it. */
export const statics = await loadStaticFiles();
