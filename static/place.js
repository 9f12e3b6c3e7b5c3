// What somebody reads on a run's page stays where it is on the screen, whatever comes above it. Browsers see to that (scroll anchoring), but
// not at the very top of a page, and not when something else moves at the same time.

/* global htmx */

/** @param {() => void} act */
const afterPaint = (act) => requestAnimationFrame(() => setTimeout(act));

/**
 * Browsers keep the steps that somebody looks at where they are, whatever comes above them, but not at the very top of a page. So a page to
 * which something comes stands a pixel below its top: what comes is seen, and pushes nothing away. An answer without news moves nothing.
 * @param {CustomEvent} event
 */
const leaveTop = ({ detail: { tasks } }) => {
  if (scrollY !== 0 || document.getElementById("step-list") === null) return;
  if (tasks.some(({ swapSpec }) => swapSpec.style !== "none")) scrollTo({ top: 1, behavior: "instant" });
};

/** What comes above the steps of itself waits until these have changed: browsers keep in its place only what nothing else moves. */
const aboveSteps = "#run-controls, #run-cards";

/** @param {CustomEvent} event */
const putOff = ({ detail: { ctx, tasks } }) => {
  if (ctx.sourceElement?.id !== "freshness" || document.hidden) return;
  const late = tasks.filter(({ target }) => elementOf(target)?.matches(aboveSteps));
  if (late.length === 0 || late.length === tasks.length) return;
  for (const task of late) tasks.splice(tasks.indexOf(task), 1);
  afterPaint(() => {
    const parts = document.createElement("template");
    for (const { target, fragment, swapSpec } of late) {
      const part = document.createElement("hx-partial");
      part.id = elementOf(target).id;
      part.setAttribute("hx-swap", swapSpec.style);
      part.append(fragment);
      parts.content.append(part);
    }
    htmx.swap({ text: parts.innerHTML, sourceElement: document.getElementById("freshness"), swap: "none" });
  });
};

/** @param {Element | string} target */
const elementOf = (target) => (typeof target === "string" ? document.querySelector(target) : target);

document.addEventListener("htmx:before:swap", leaveTop);
document.addEventListener("htmx:before:swap", putOff);
