import { raw } from "hono/html";
import { routes } from "#core/routes.ts";
import { versioned } from "./frame.tsx";
import type { ReportSection } from "./report.ts";

/** A report as a page for paper: nothing on it can be pressed but the way to the other forms, which is not printed. */
export const ReportPage = ({ sections, runId, version }: ReportPageProps) => (
  <>
    {raw("<!doctype html>")}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{sections[0]?.title ?? "Report"}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href={versioned("milepost.css", version)} />
        <link rel="icon" type="image/svg+xml" href={versioned("icon.svg", version)} />
      </head>
      <body>
        <main class="container run-report">
          <p class="not-printed">
            <a href={routes.run.href({ id: runId })}>The run</a> ·{" "}
            <a href={routes.reportMarkdown.href({ id: runId })} download>
              As Markdown
            </a>{" "}
            ·{" "}
            <a href={routes.report.href({ id: runId })} download>
              As text, with the log
            </a>
          </p>
          {sections.map((section, index) => (
            <Section section={section} isFirst={index === 0} />
          ))}
        </main>
      </body>
    </html>
  </>
);

interface ReportPageProps {
  sections: readonly ReportSection[];
  runId: string;
  /** Of the static files. */
  version: string;
}

const Section = ({ section, isFirst }: { section: ReportSection; isFirst: boolean }) => (
  <section>
    {isFirst ? <h1>{section.title}</h1> : <h2>{section.title}</h2>}
    {section.facts.length > 0 && (
      <dl>
        {section.facts.map(({ label, value }) => (
          <div>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    )}
    {section.paragraphs.map((text) => (
      <p>{text}</p>
    ))}
  </section>
);
