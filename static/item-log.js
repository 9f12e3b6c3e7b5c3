// The log of one item, beside its row, while somebody has it open. Rows that share a name close each other, so one stream is open at most.

/** So many lines stay; the whole log has an address of its own. */
const most = 200;

/** @type {{ of: Element, source: EventSource } | null} */
let open = null;

const close = () => {
  open?.source.close();
  open = null;
};

/** @param {Element} row */
const follow = (row) => {
  close();
  const log = row.querySelector("[data-item-log]");
  const lines = log.querySelector("ol");
  lines.replaceChildren();
  const source = new EventSource(log.dataset.itemLog);
  open = { of: row, source };
  source.addEventListener("message", ({ data }) => {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
    lines.append(document.createRange().createContextualFragment(JSON.parse(data).html));
    while (lines.children.length > most) lines.firstElementChild.remove();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  });
};

// A toggle does not bubble.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.matches?.("details.item-log")) return;
    if (target.open) follow(target);
    else if (open?.of === target) close();
  },
  { capture: true },
);
document.addEventListener("htmx:after:swap", () => {
  if (open !== null && !open.of.isConnected) close();
});
addEventListener("pagehide", close);
