/** For whatever asks by htmx: a refusal goes into the note at the top of the page, and what was there stays. */
export const intoNote = {
  "hx-status:4xx": "target:#note swap:innerHTML",
  "hx-status:5xx": "target:#note swap:innerHTML",
} as const;
