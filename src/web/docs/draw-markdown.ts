import { posix } from "node:path";
import { Marked, Renderer, type Tokens } from "marked";
import { routes } from "#core/routes.ts";

/** A page as it is shown. */
export interface Written {
  title: string;
  /** Without the title. */
  html: string;
  /** Its parts, to lead to. */
  parts: readonly { id: string; title: string }[];
}

/**
 * Draws a page of ours. HTML in it is shown as text, but for comments, so that nothing but what Markdown can say reaches a browser, and links lead to where
 * Milepost shows the same. `file` ("docs/start/install.md") is where it stands; throws at a link that leads to nothing that is shown.
 */
export const drawMarkdown = (text: string, file: string): Written => {
  let title = "";
  const parts: { id: string; title: string }[] = [];
  let under = "";
  const labels = new Map<string, number>();
  /** Each scrolled part has a name of its own, by which screen readers list them. */
  const labelOf = (label: string): string => {
    const nth = (labels.get(label) ?? 0) + 1;
    labels.set(label, nth);
    return nth === 1 ? label.trim() : `${label} ${nth}`;
  };
  const marked = new Marked({
    renderer: {
      html: ({ text }) => (/^<!--[^>]*-->\s*$/.test(text) ? "" : escaped(text)),
      heading({ tokens, depth, text }) {
        if (depth === 1) {
          title = plain(text);
          return "";
        }
        under = `${plain(text)}:`;
        const id = anchorOf(text);
        if (depth === 2) parts.push({ id, title: plain(text) });
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        return `<a href="${escaped(leadsTo(href, file))}">${this.parser.parseInline(tokens)}</a>`;
      },
      // Wide ones are scrolled by keyboard too.
      code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`,
      table(token: Tokens.Table) {
        const label = labelOf(`${under} ${plain(token.header.map(({ text }) => text).join(", "))}`);
        // The corner above the names of rows heads nothing.
        const table = Renderer.prototype.table.call(this, token).replaceAll("<th></th>", "<td></td>");
        return `<section class="scroll-box whole" tabindex="0" aria-label="${escaped(label)}">${table}</section>`;
      },
    },
  });
  const html = marked.parse(text, { async: false });
  return { title, html, parts };
};

/** As GitHub names the place of a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

/** A link of a page, as an address of this server. */
const leadsTo = (href: string, from: string): string => {
  if (/^(https?:|#)/.test(href)) return href;
  const [path = "", anchor] = href.split("#");
  const file = posix.join(posix.dirname(from), path);
  const behind = anchor === undefined ? "" : `#${anchor}`;
  if (file === "CHANGELOG.md") return routes.changes.href();
  if (file === "docs/README.md") return routes.docs.href() + behind;
  const shown = /^(?:docs\/(.+)\.md|(deploy\/.+))$/.exec(file);
  if (shown === null) throw new Error(`${from} leads to ${file}, which no page shows.`);
  return `${routes.docsPage.href()}${shown[1] ?? shown[2]}${behind}`;
};

const plain = (text: string): string => text.replaceAll(/[`*]/g, "").replaceAll(/\[(.+?)\]\(.+?\)/g, "$1");

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
