import { raw } from "hono/html";
import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";

interface DocsPageProps extends PageProps {
  /** As it was drawn of our own Markdown, which can hold no HTML. */
  page: { title: string; html: string; parts: readonly { id: string; title: string }[] };
  /** The contents of all pages, drawn in the same way; null on the page that shows them. */
  contents: string | null;
}

/** A page of the documentation, and the way to all others. */
export const DocsPage = ({ page, contents, ...frame }: DocsPageProps) => (
  <Frame title={page.title} {...frame} active={null}>
    <div class="docs">
      <article>
        {contents !== null && (
          <p class="crumbs">
            <a href={routes.docs.href()}>Documentation</a>
          </p>
        )}
        <h1>{page.title}</h1>
        {page.parts.length > 2 && contents !== null && (
          <nav aria-label="On this page" class="docs-parts">
            {page.parts.map(({ id, title }) => (
              <a href={`#${id}`}>{title}</a>
            ))}
          </nav>
        )}
        {raw(page.html)}
      </article>
      {contents !== null && (
        <nav aria-label="Documentation" class="docs-contents">
          {raw(contents)}
        </nav>
      )}
    </div>
  </Frame>
);
