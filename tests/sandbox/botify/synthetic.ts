import { beginAnalysis } from "#sandbox/botify/analyses.ts";
import { openDatabase } from "#sandbox/botify/database.ts";

/** Puts an analysis of as many rows as wanted, about 150 bytes each as CSV, into the server's data: where no site is large enough. */
export const addSynthetic = (
  dataDir: string,
  project: string,
  rows: number,
): { project: string; analysis: string } => {
  const at = new Date();
  const db = openDatabase(dataDir);
  const analysis = beginAnalysis(db, project, "http://synthetic.invalid/", at);
  const day = at.toISOString();
  db.transaction(() => {
    db.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
       INSERT INTO pages (analysis_id, url, depth, http_code, content_type, title, description, h1, canonical, canonical_equal,
         noindex, redirect_to, inlinks, outlinks, compliant, main_reason, byte_size, load_time, crawled_at)
       SELECT ?, printf('http://synthetic.invalid/category-%04d/page-%08d.html', i / 1000, i), min(i, 5), 200, 'text/html',
         printf('Page %d of a site that was made for measuring', i), printf('What page %d is all about, in a few words', i), NULL, NULL, NULL,
         0, NULL, 1, 1, 1, NULL, 20000, 100, ? FROM n`,
    ).run(rows, analysis.id, day);
    db.prepare("UPDATE analyses SET status = 'success', finished_at = ?, urls_done = ? WHERE id = ?").run(
      day,
      rows,
      analysis.id,
    );
  })();
  db.close();
  return { project, analysis: analysis.slug };
};
