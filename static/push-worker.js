// Shows what Milepost pushes to this browser, and decides or opens what is pressed there. It works while no page is open.

self.addEventListener("push", (event) => {
  event.waitUntil(show(event.data?.json() ?? { title: "Milepost", body: "" }));
});

self.addEventListener("notificationclick", (event) => {
  const { notification, action } = event;
  notification.close();
  const { approve, url, title, tag } = notification.data;
  event.waitUntil(
    action === "approve" && approve !== null ? decide(approve, { title, tag, url }) : open(url),
  );
});

/** @param {{ title: string, body: string, tag?: string, url?: string | null, approve?: string | null, loud?: boolean, silent?: boolean }} told */
const show = ({ title, body, tag, url = null, approve = null, loud = false, silent = false }) =>
  self.registration.showNotification(title, {
    body,
    ...(tag === undefined ? {} : { tag, renotify: loud }),
    silent,
    requireInteraction: loud,
    icon: new URL("app-icon/192", self.registration.scope).href,
    data: { title, tag, url, approve },
    actions: [
      ...(approve === null ? [] : [{ action: "approve", title: "Approve" }]),
      ...(url === null ? [] : [{ action: "open", title: "Open" }]),
    ],
  });

/** What was pressed late is told in the server's words, and its page is a press away. */
const decide = async (address, { title, tag, url }) => {
  // Below this worker, whatever name this server is known by: the browser's session is of that one.
  const { pathname } = new URL(address);
  // biome-ignore lint/style/noRestrictedGlobals: it asks its own server.
  const answer = await fetch(new URL(pathname, self.location.origin), { method: "POST" }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  const body = told?.sentence ?? "The server could not be reached, so nothing was decided. Open the run.";
  await show({ title, body, tag, url });
};

const open = async (url) => {
  if (url !== null) await self.clients.openWindow(url);
};
