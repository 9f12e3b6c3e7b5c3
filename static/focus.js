// Where the keyboard goes on when what it was in is gone.

/** The control that sent the form which is under way; while it is disabled, browsers take the focus from it. */
let pressedId = "";
/** What had the keyboard just before what came took its place. */
let focusId = "";
/** A field that somebody was in when a pause disabled it. */
let heldId = "";
/** Somebody answered with the keyboard and waits for the next question. */
let awaitsQuestion = false;
/** Nobody has done anything on this page yet: it was opened, by starting a run perhaps, and a question that comes is what they came for. */
let untouched = matchMedia("(pointer: fine)").matches && location.hash === "";
for (const doing of ["pointerdown", "keydown", "wheel"])
  document.addEventListener(
    doing,
    () => {
      untouched = false;
    },
    { once: true, passive: true },
  );

/**
 * A control that did its work is gone: the keyboard goes on in the next question, or from the run's title until there is one, never from the
 * top of the page. Whoever was in a field that is only disabled for now comes back to it.
 */
const refocus = () => {
  const title = document.getElementById("run-title");
  const was = document.getElementById(focusId);
  if (was?.matches(":disabled") === true) heldId = was.id;
  const held = document.getElementById(heldId);
  const isFree = document.activeElement === document.body || document.activeElement === title;
  if (held !== null && !held.matches(":disabled")) {
    heldId = "";
    if (isFree) return held.focus({ preventScroll: true });
  }
  if (focusId !== "" && document.activeElement === document.body && held === null) {
    awaitsQuestion = true;
    title?.focus({ preventScroll: true });
  }
  if (
    !(awaitsQuestion && document.activeElement === title) &&
    !(untouched && document.activeElement === document.body)
  )
    return;
  const field = firstAsked('.step[data-state="asking"] form');
  if (field === undefined) return;
  awaitsQuestion = false;
  field.focus({ preventScroll: true });
  // Not before what came has its place: a scroll of ours would keep the browser from holding the others in theirs.
  const step = field.closest(".step");
  requestAnimationFrame(() => setTimeout(() => step.scrollIntoView({ block: "nearest" })));
};

/**
 * Where to begin in a form: at the choice that is made, or the first field in sight; not at one that searches nor at a button that copies or
 * stands above the fields, since the Enter key would not answer there. @param {string} form
 */
const firstAsked = (form) => {
  const all = [
    ...document.querySelectorAll(
      `${form} :is(input:not([type=hidden]), select, textarea, button:not([hidden], [name=press])):enabled`,
    ),
  ].filter((one) => one.checkVisibility());
  const first =
    all.find((one) => !one.matches("button, [data-enter]")) ??
    all.find((one) => one.type === "submit") ??
    all[0];
  return first?.type === "radio" && !first.checked
    ? (all.find(({ name, checked }) => name === first.name && checked === true) ?? first)
    : first;
};

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches("form")) pressedId = document.activeElement?.id ?? "";
});
document.addEventListener("htmx:before:swap", () => {
  focusId = (document.activeElement === document.body ? pressedId : document.activeElement?.id) ?? "";
  pressedId = "";
});
document.addEventListener("htmx:after:swap", refocus);

/** Whoever works with the keyboard begins at what came of their last press, an error say, or else at what is asked. */
const goToQuestion = () => {
  if (
    document.activeElement !== document.body ||
    location.hash !== "" ||
    !matchMedia("(pointer: fine)").matches
  )
    return;
  const came = document.querySelector("[autofocus]");
  if (came !== null) return came.focus();
  firstAsked("form:is(.ask, [data-asks])")?.focus();
};
goToQuestion();
