// Everything works without this file: it only lets cards be dragged, and keeps open lists up to date.

/* global htmx */

const lanes = () => document.querySelectorAll(".lane");
let dragged = null;

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".lane .card") ?? null;
  event.dataTransfer?.setData("text/plain", dragged?.id ?? "");
});

document.addEventListener("dragover", (event) => {
  const lane = dragged === null ? null : event.target.closest?.(".lane");
  for (const one of lanes()) one.classList.toggle("over", one === lane);
  if (lane) event.preventDefault();
});

document.addEventListener("dragend", () => {
  dragged = null;
  for (const one of lanes()) one.classList.remove("over");
});

document.addEventListener("drop", (event) => {
  const lane = event.target.closest?.(".lane");
  const form = dragged?.querySelector("form");
  if (!lane || !form || lane.contains(dragged)) return;
  event.preventDefault();
  // The same request as a press of the card's buttons.
  htmx.ajax("POST", form.action, {
    target: "#board",
    swap: "outerHTML",
    values: { lane: lane.dataset.lane, updated_at: form.elements.updated_at.value },
  });
});

// What others add appears without a reload, but never under the hands of somebody who edits a row.
setInterval(() => {
  const rows = document.querySelector("#rows");
  if (rows === null || document.hidden || rows.contains(document.activeElement)) return;
  if (rows.querySelector(".editing") === null) htmx.trigger(document.body, "rows-changed");
}, 30_000);
