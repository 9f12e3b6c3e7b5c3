import type { Form } from "#core/form.ts";
import { evil } from "./steps.ts";

/** A form with every kind of field there is. */
export const everyField: Form = {
  submit: "Go on",
  buttons: [
    { does: "redraw", value: "count", label: "Count the rows" },
    { does: "answer", value: "none", label: "Without filters" },
  ],
  fields: [
    {
      kind: "approval",
      what: "The table “customers” is deleted.",
      risk: "high",
      impact: ["408 rows are lost.", "Nobody else uses it."],
    },
    { kind: "note", tone: "info", text: "Counting costs nothing; the export itself costs one credit a row." },
    {
      kind: "text",
      name: "project",
      label: "Project address",
      help: "Any page of the project at app.botify.com.",
      placeholder: "https://app.botify.com/org/project",
      required: true,
      inputMode: "url",
      suggestions: ["https://app.botify.com/botify-org/example.com"],
    },
    {
      kind: "text",
      name: "find",
      label: "Find a field",
      inputMode: "search",
      button: { does: "redraw", value: "find", label: "Search" },
    },
    { kind: "text", name: "remark", label: "Remark", multiline: true, value: `Two lines\nand ${evil}` },
    {
      kind: "number",
      name: "limit",
      label: "At most",
      unit: "rows",
      min: 1,
      max: 1_000_000,
      value: "1000000",
      help: "Of each kind.",
    },
    {
      kind: "choice",
      name: "analysis",
      label: "Which crawl?",
      value: "20260301",
      columns: ["Crawl", "Status", "URLs"],
      help: "The newest finished one is chosen.",
      options: [
        {
          value: "20260301",
          label: "1 March 2026",
          cells: ["finished", "29,114"],
          marks: ["newest", "downloaded"],
        },
        { value: "20260201", label: "1 February 2026", cells: ["finished", "28,630"] },
        { value: "20260101", label: evil, cells: ["failed", "0"], disabled: "This crawl failed." },
      ],
    },
    {
      kind: "choice",
      name: "template",
      label: "Start from",
      value: "basic",
      options: [
        { value: "basic", label: "Basic crawl", marks: ["usual"] },
        { value: "graph", label: "Link graph" },
      ],
    },
    {
      kind: "many",
      name: "columns",
      label: "Columns",
      values: ["title", "h1"],
      options: [
        { value: "url", label: "URL", disabled: "Always there" },
        { value: "title", label: "Title", cells: ["metadata.title.content"] },
        { value: "h1", label: "First heading", cells: ["metadata.h1.contents"], marks: ["usual"] },
        ...Array.from({ length: 24 }, (_, at) => ({
          value: `more-${at}`,
          label: `Further field ${at}`,
          cells: [`segment.field_${at}`],
        })),
      ],
    },
    {
      kind: "group",
      legend: "Filters",
      help: "All of them must be true.",
      buttons: [{ does: "redraw", value: "add", label: "Add a filter" }],
      fields: [
        {
          kind: "row",
          buttons: [{ does: "redraw", value: "remove-0", label: "Remove" }],
          fields: [
            {
              kind: "select",
              name: "field-0",
              label: "Field",
              value: "depth",
              options: [
                { value: "depth", label: "Depth" },
                { value: "code", label: "HTTP code", disabled: "not in this crawl" },
              ],
            },
            {
              kind: "select",
              name: "is-0",
              label: "Is",
              options: [{ value: "lte", label: "at most" }],
              help: "Compared as numbers.",
            },
            { kind: "number", name: "value-0", label: "Value", value: "5" },
          ],
        },
      ],
    },
    {
      kind: "group",
      legend: "More options",
      open: false,
      fields: [
        {
          kind: "checkbox",
          name: "anew",
          label: "Export anew",
          help: "Even if the same file is here.",
          checked: true,
        },
      ],
    },
    { kind: "hidden", name: "draft", value: evil },
    {
      kind: "table",
      caption: "URLs by depth",
      head: ["Depth", "URLs", "Total"],
      rows: [
        ["0", "1", "1"],
        ["1", "120", "121"],
        ["2", "8,410", "8,531"],
      ],
    },
    {
      kind: "facts",
      label: "What it costs",
      facts: [
        { label: "Rows", value: "28,903" },
        { label: "Credits", value: "28,903" },
      ],
    },
    {
      kind: "code",
      label: "The request as cURL",
      text: `curl -X POST https://api.botify.com/v1/jobs \\\n  -H 'Authorization: Token ••••' \\\n  -d '{"job_type":"export"}'`,
    },
    { kind: "note", tone: "warning", text: "211 URLs have no depth and are left out." },
    { kind: "note", tone: "danger", text: evil },
    { kind: "note", tone: "success", text: "The same file was exported yesterday." },
  ],
};
