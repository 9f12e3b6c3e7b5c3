// The button that lets this browser be notified: what the browser makes goes into its form, which is then sent like any other.

/* global say */

const answerWithinMs = 15_000;

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

/** A browser that cannot reach its push service neither succeeds nor fails. */
const within = (work) =>
  Promise.race([
    work,
    new Promise((_, reject) => {
      setTimeout(
        () =>
          reject(new Error("This browser does not reach its push service. Try again on another network.")),
        answerWithinMs,
      );
    }),
  ]);

const subscribe = async (form) => {
  if (navigator.standalone === false)
    throw new Error(
      "On an iPhone or iPad: press Share, then “Add to Home Screen”, and open Milepost from there.",
    );
  if (!("serviceWorker" in navigator && "PushManager" in window))
    throw new Error(
      "This browser takes no notifications here. They need https, or Milepost on this very machine.",
    );
  if ((await Notification.requestPermission()) !== "granted")
    throw new Error(
      "Notifications are forbidden in this browser. Allow them for this site, then press again.",
    );
  const { worker, key } = form.dataset;
  await navigator.serviceWorker.register(worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const made = await within(
    pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) }),
  );
  const { endpoint, keys } = made.toJSON();
  form.elements.endpoint.value = endpoint;
  form.elements.p256dh.value = keys.p256dh;
  form.elements.auth.value = keys.auth;
};

for (const form of document.querySelectorAll("form[data-push]")) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say(form, "Asking the browser…");
    try {
      await subscribe(form);
      form.submit();
    } catch (error) {
      say(form, error.message);
    }
  });
}
