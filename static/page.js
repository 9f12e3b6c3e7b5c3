// Small conveniences of every page: copying, the Enter key, questions that close, the choice of colours. All works without them.

const root = document.documentElement;

/** What was refused before is no longer news once somebody tries again. @param {CustomEvent} event */
const clearNote = (event) => {
  if (event.detail.ctx.sourceElement.matches("form")) document.getElementById("page-note")?.replaceChildren();
};

/** @param {MouseEvent} event */
const copy = async (event) => {
  const button = event.target.closest?.("[data-copy]");
  const source = button && document.getElementById(button.dataset.copy);
  if (!source) return;
  const label = button.firstChild;
  const words = label.nodeValue;
  try {
    await navigator.clipboard.writeText(source.textContent);
    label.nodeValue = "Copied";
  } catch {
    getSelection()?.selectAllChildren(source);
    label.nodeValue = "Selected";
  }
  setTimeout(() => {
    label.nodeValue = words;
  }, 2000);
};

/** Enter in a field that has its own button presses that button. @param {KeyboardEvent} event */
const enter = (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-enter]")) return;
  event.preventDefault();
  event.target.parentElement.querySelector("button")?.click();
};

/** A question closes when somebody presses Escape or looks elsewhere. @param {Event} event */
const closeQuestions = (event) => {
  if (event instanceof KeyboardEvent && event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.confirm[open]"))
    if (event instanceof KeyboardEvent || !open.contains(event.target)) open.open = false;
};

const chooseTheme = () => {
  const choice = document.getElementById("theme-choice");
  if (choice === null) return;
  choice.value = root.dataset.theme ?? "auto";
  choice.addEventListener("change", () => {
    const theme = choice.value;
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
      if (theme === "auto") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      // No storage: the choice holds for this page.
    }
  });
};

document.addEventListener("htmx:before:request", clearNote);
document.addEventListener("click", copy);
document.addEventListener("click", closeQuestions);
document.addEventListener("keydown", closeQuestions);
document.addEventListener("keydown", enter);
chooseTheme();
