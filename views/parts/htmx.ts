// Refusals and errors go into the note at the top of the page; what was true a moment ago stays.
const refusedIntoNote = {
  "hx-status:4xx": "target:#page-note swap:innerHTML",
  "hx-status:5xx": "target:#page-note swap:innerHTML",
} as const;

/** An element that may be fetched anew. While the server is not reached or errs, it stays as it is. */
export const keptOnErrors = { "hx-status:4xx": "swap:none", "hx-status:5xx": "swap:none" } as const;

/** An element that fetches itself anew every two seconds. */
export const polls = (address: string) => ({
  "hx-get": address,
  "hx-trigger": "every 2s",
  "hx-swap": "outerMorph",
  "hx-config": "timeout:8s",
});

/** A form of filters: the list follows as one types or chooses, overtaking its own poll, and the address tells the filters. */
export const filters = (action: string, list: string) => ({
  "hx-get": action,
  "hx-trigger": "input delay:300ms, submit",
  "hx-select": list,
  "hx-target": list,
  "hx-swap": "outerHTML",
  "hx-replace-url": "true",
  "hx-sync": `${list}:replace`,
  ...keptOnErrors,
});

/** A form whose answer morphs into `target`. */
export const formInto = (action: string, target: string) => ({
  "hx-post": action,
  "hx-target": target,
  "hx-swap": "outerMorph",
  "hx-disable": "find button",
  ...refusedIntoNote,
});

/**
 * A form of a run's page: it overtakes a poll that is under way, and its answer swaps the parts of the page that it changed. An answer
 * that could not be used (422) comes back the same way, with the form and what is wrong.
 */
export const liveForm = (action: string) => ({
  "hx-post": action,
  "hx-disable": "find button",
  "hx-sync": "#freshness:replace",
  ...refusedIntoNote,
  "hx-status:422": "swap:innerHTML",
});
