import type { Message } from "#notify/message.ts";

/** All of it as a text: what watches and screen readers show, complete. */
export const textOf = ({ sentence, lines, facts, links, buttons, percent }: Message): string =>
  [
    sentence,
    ...(percent === null ? [] : [`${percent} % done.`]),
    ...(lines.length === 0 ? [] : ["", ...lines]),
    ...(facts.length === 0 ? [] : ["", ...facts.map(({ label, value }) => `${label}: ${value}`)]),
    ...buttons.flatMap(({ label, page }) => (page === null ? [] : ["", `${label}: ${page}`])),
    ...links.flatMap(({ label, href }) => ["", `${label}: ${href}`]),
    "",
    "-- ",
    "Sent by Milepost. What you are told is set on its page “Notifications”.",
    "",
  ].join("\n");

/** One column, no images, fonts or counting of who reads. */
export const htmlOf = ({ title, sentence, lines, facts, links, buttons }: Message): string => {
  const rows = facts.map(
    ({ label, value }) =>
      `<tr><th scope="row" align="left" style="padding:4px 12px 4px 0">${escaped(label)}</th><td style="padding:4px 0">${escaped(value)}</td></tr>`,
  );
  const pages = buttons.flatMap(({ label, page }) => (page === null ? [] : [button(label, page)]));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escaped(title)}</title></head>
<body style="font:16px/1.5 sans-serif;max-width:36em;margin:0 auto;padding:16px">
<h1 style="font-size:18px">${escaped(title)}</h1>
<p>${escaped(sentence)}</p>
${lines.length === 0 ? "" : `<p>${lines.map(escaped).join("<br>")}</p>`}
${rows.length === 0 ? "" : `<table style="border-collapse:collapse">${rows.join("")}</table>`}
${pages.length === 0 ? "" : `<p>${pages.join(" ")}</p>`}
${links.map(({ label, href }) => `<p><a href="${escaped(href)}">${escaped(label)}</a></p>`).join("\n")}
<p style="font-size:13px">Sent by Milepost. What you are told is set on its page “Notifications”.</p>
</body></html>
`;
};

const button = (label: string, href: string): string =>
  `<a href="${escaped(href)}" style="display:inline-block;padding:10px 18px;border:2px solid;border-radius:6px;text-decoration:none">${escaped(label)}…</a>`;

const marks: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escaped = (text: string): string => text.replace(/[&<>"]/g, (mark) => marks[mark] ?? mark);
