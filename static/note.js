// What became of a form that the browser itself has to fill, told below it. Joined to the scripts of such forms.

/** @param {HTMLFormElement} form @param {string} words */
// biome-ignore lint/correctness/noUnusedVariables: for the scripts that it is joined to.
const say = (form, words) => {
  for (const note of form.querySelectorAll(".verb-note")) note.remove();
  const note = document.createElement("p");
  note.className = "verb-note";
  note.role = "alert";
  note.textContent = words;
  form.append(note);
};
