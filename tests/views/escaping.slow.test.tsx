import fc from "fast-check";
import type { Child } from "hono/jsx";
import { describe, expect, it } from "vitest";
import { everything } from "#core/rights.ts";
import { BotsPage } from "#views/bots.tsx";
import { ConnectionsPage } from "#views/connections.tsx";
import { ErrorNote, ErrorPage } from "#views/error.tsx";
import { ExportsPage } from "#views/exports.tsx";
import { HistoryPage } from "#views/history.tsx";
import { HomePage } from "#views/home.tsx";
import { LogPage } from "#views/log.tsx";
import { RunPage } from "#views/run.tsx";
import { SettingsPage } from "#views/settings.tsx";
import { visibleHtml } from "#views/visible-html.ts";
import { WorkflowPage } from "#views/workflow.tsx";
import { notificationPages } from "./notification-pages.tsx";
import { tagsOf } from "./read-html.ts";
import { nodeSeen } from "./samples/bots.ts";
import { events } from "./samples/events.ts";
import { everyField } from "./samples/form.ts";
import { kept } from "./samples/kept.ts";
import { connections, summary } from "./samples/lists.ts";
import { passkey } from "./samples/passkey.ts";
import { pictures } from "./samples/pictures.ts";
import { exportRow } from "./samples/run.ts";
import { now } from "./samples/steps.ts";
import { schedulePages } from "./schedule-pages.tsx";
import { sharingPages } from "./sharing-pages.tsx";
import { workflowFilePages } from "./workflow-file-pages.tsx";

const viewer = { user: { name: "admin", role: "admin" }, version: "1" } as const;

/** Where text decides what is drawn; everything else that is text may come from elsewhere. */
const structural = new Set(
  "id kind risk state status type unit for level tone does outcome stepId from to code wish exportId href inputMode autocomplete provider".split(
    " ",
  ),
);

/** The same data with every text of people and other systems replaced. */
const withText = <T,>(data: T, text: string): T => {
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return structural.has(key) ? value : text;
    if (Array.isArray(value)) return value.map((one) => walk(one, key));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]));
    return value;
  };
  return walk(data, "") as T;
};

const pagesWith = (text: string): Record<string, Child> => {
  const put = <T,>(data: T): T => withText(data, text);
  return {
    ...Object.fromEntries(
      Object.entries(pictures).map(([name, picture]) => [
        name,
        <RunPage
          {...viewer}
          picture={put(picture)}
          now={now}
          handOver={false}
          seen=""
          error={{ message: text, field: text }}
        />,
      ]),
    ),
    home: (
      <HomePage
        {...viewer}
        kept={put(kept)}
        running={[put(summary("running"))]}
        needsYou={[]}
        recent={[put(summary("failed"))]}
        workflows={[{ id: text, title: text, about: text }]}
        refused={[{ name: text, sentence: text }]}
        now={now}
      />
    ),
    workflow: (
      <WorkflowPage
        titleOf={(id) => id}
        triggers={[]}
        shown="w1"
        kept={put(kept)}
        {...viewer}
        workflow={{ id: text, title: text, about: text, steps: [{ id: "a", title: text, kind: "do" }] }}
        form={put(everyField)}
        values={{ project: text, columns: [text] }}
        recent={[]}
        usual={{ next: null, steps: [] }}
        now={now}
      />
    ),
    exports: (
      <ExportsPage
        shown="w1"
        {...viewer}
        rows={[{ row: put(exportRow({ error: "x" })), may: { open: true, anew: true, delete: true } }]}
        kept={[]}
        mayKeep
        next={text}
        filter={{ search: text, state: "" }}
        now={now}
      />
    ),
    bots: (
      <BotsPage
        {...viewer}
        id="c1"
        name={text}
        now={now}
        look={{
          since: null,
          failed: { sentence: text, at: now },
          seen: { ...put(nodeSeen), gatewayUpMs: 1, at: now },
        }}
      />
    ),
    connections: (
      <ConnectionsPage {...viewer} connections={put(connections)} kinds={[]} now={now} notice={text} />
    ),
    settings: (
      <SettingsPage
        runs="0.2.0"
        {...viewer}
        sessions={[
          {
            id: text,
            personId: "owner",
            personName: "Owner",
            isNamedHere: true,
            role: "admin",
            userName: text,
            tokenId: text,
            passkeyId: text,
            device: text,
            place: text,
            scope: everything,
            createdAt: now,
            lastSeenAt: now,
            expiresAt: now,
          },
        ]}
        thisSession={null}
        shares={[]}
        hasPresetToken
        tokens={[
          {
            id: text,
            name: text,
            scope: everything,
            expiresAt: null,
            personId: "owner",
            personName: "Owner",
            isNamedHere: true,
            role: "admin",
            madeBy: "Ada",
            madeByToken: null,
            createdAt: now,
            lastUsedAt: null,
          },
        ]}
        workflows={[{ id: text, title: text }]}
        passkeys={[{ ...passkey, id: text, name: text, host: text }]}
        addsPasskey={{ as: text, hinders: null }}
        people={[
          {
            id: "owner",
            name: "Owner",
            email: null,
            role: "admin",
            roleBefore: null,
            createdAt: 1,
            joinedAt: 1,
          },
        ]}
        audits={[
          {
            seq: 1,
            at: now,
            by: { kind: "token", id: "t1", name: text },
            did: text,
            target: text,
            hash: text,
          },
        ]}
        now={now}
      />
    ),
    history: <HistoryPage {...viewer} picture={put(pictures.waiting)} events={put(events)} now={now} />,
    log: (
      <LogPage
        {...viewer}
        picture={put(pictures.waiting)}
        filter={{ search: text, step: text, line: null }}
        lines={put(pictures.waiting).log}
        found={1}
        now={now}
      />
    ),
    ...schedulePages(text),
    ...sharingPages(text),
    ...notificationPages(text),
    ...workflowFilePages(text),
    error: <ErrorPage {...viewer} status={500} message={text} detail={text} />,
    note: <ErrorNote message={text} />,
  };
};

/** Tag names in order, and which attributes each kind of tag has; the whole cell of a cut one is its title. */
const skeleton = (html: string) => {
  const tags = tagsOf(html);
  return {
    names: tags.map(({ name }) => name),
    attributes: new Set(
      tags.flatMap(({ name, attributes }) => Object.keys(attributes).map((key) => `${name} ${key}`)),
    ),
  };
};

const nasty = fc
  .tuple(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.constantFrom(
      "<img src=x onerror=alert(1)>",
      '"><script>alert(1)</script>',
      "' autofocus onfocus=alert(1) x='",
      "</textarea></pre></title><b>",
      "<!--",
      "]]>",
      "&lt;b&gt;&amp;",
      '" hx-get="/x" hx-trigger="load',
      "\u0000<\u2028>",
    ),
    fc.string({ unit: "grapheme", maxLength: 12 }),
  )
  .map((parts) => parts.join(""));

describe("text from elsewhere", () => {
  const harmless = Object.fromEntries(
    Object.entries(pagesWith("harmless words")).map(([name, page]) => [name, skeleton(String(page))]),
  );

  it("never becomes a tag or an attribute, in any field of any page", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        for (const [name, page] of Object.entries(pagesWith(text))) {
          const found = skeleton(String(page));
          expect(found.names, name).toEqual(harmless[name]?.names);
          const added = [...found.attributes].filter(
            (one) => !harmless[name]?.attributes.has(one) && one !== "td title",
          );
          expect(added, name).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("never turns the direction of what stands beside it nor goes unseen, in any field of any page", () => {
    const raw = Object.entries(pagesWith("exe\u202egpj \u2066x\u0007")).flatMap(([name, page]) =>
      [
        ...visibleHtml(String(page))
          .replaceAll(/<textarea[^>]*>[^<]*/g, "")
          .matchAll(/<\w+[^>]*>[^<]+/g),
      ]
        .map(([one]) => one)
        .filter((one) => /[\u202e\u2066]|(?![\t\n\r])\p{Cc}/u.test(one.slice(one.lastIndexOf(">"))))
        .map((one) => `${name}: ${one}`),
    );
    expect(raw).toEqual([]);
  });

  it("becomes a link only when its address is http, https or ours", () => {
    const hrefs = [
      "javascript:alert(1)",
      " JaVaScRiPt:alert(1)",
      "data:text/html,x",
      "//evil.example",
      "https://fine.example/",
      "/runs/1",
    ];
    const outcome = { sentence: "Done.", links: hrefs.map((href) => ({ label: "x", href })) };
    const html = String(
      <RunPage {...viewer} picture={{ ...pictures.completed, outcome }} now={now} handOver={false} seen="" />,
    );
    const links = tagsOf(html).filter(({ attributes }) => hrefs.includes(attributes.href ?? ""));
    expect(links.map(({ attributes }) => attributes.href)).toEqual(["https://fine.example/", "/runs/1"]);
  });
});
