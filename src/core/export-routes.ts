import { route } from "./route.ts";

/** The registry of exports and its files. */
export const exportRoutes = {
  exports: route("/exports"),
  /** `?for=spreadsheets` gives it a byte order mark and disarms formulas. */
  exportFile: route("/exports/:id/file"),
  /** Hands the file to this browser once for the run of `?run=`; 204 ever after. */
  handOver: route("/exports/:id/hand-over"),
  deleteExport: route("/exports/:id/delete"),
  /** Deletes the file of each export that is named as `export`. */
  deleteExports: route("/exports/delete"),
};
