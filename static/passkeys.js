// Passkeys: what the browser makes, or signs, goes into the form that asked for it, which is then sent like any other.

/* global SimpleWebAuthnBrowser, say */

const { startAuthentication, startRegistration } = SimpleWebAuthnBrowser;

/** Those of a page that stays open are good for ten minutes. */
const askAnewMs = 8 * 60_000;

/** @param {HTMLFormElement} form */
const optionsFor = async (form) => {
  // biome-ignore lint/style/noRestrictedGlobals: a page asks its own server.
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok === true) return answer.json();
  throw new Error("The server did not answer as it should. Reload the page and try again.");
};

/** @param {HTMLFormElement} form @param {object} answer */
const send = (form, answer) => {
  form.elements.passkey.value = JSON.stringify(answer);
  form.submit();
};

/** @param {unknown} error */
const wordsOf = ({ name, message }) => {
  if (name === "InvalidStateError") return "This device has a passkey for you here already.";
  if (name === "NotAllowedError") return "Nothing was chosen, or it took too long. Press again.";
  return message;
};

/** @param {SubmitEvent} event */
const pressed = async (event) => {
  const form = event.target;
  const way = { make: startRegistration, use: startAuthentication }[form.dataset?.passkey];
  if (way === undefined) return;
  event.preventDefault();
  try {
    send(form, await way({ optionsJSON: await optionsFor(form) }));
  } catch (error) {
    say(form, wordsOf(error));
    offer();
  }
};

/** Where the browser can, it offers the passkeys that it knows beside the field, without a press of the button. */
const offer = async () => {
  const form = document.querySelector('form[data-passkey="use"]');
  if (form === null || !(await SimpleWebAuthnBrowser.browserSupportsWebAuthnAutofill())) return;
  try {
    send(form, await startAuthentication({ optionsJSON: await optionsFor(form), useBrowserAutofill: true }));
  } catch {
    // Nobody took it; the button is there.
  }
};

document.addEventListener("submit", pressed);
if (SimpleWebAuthnBrowser.browserSupportsWebAuthn()) {
  offer();
  setInterval(offer, askAnewMs);
} else
  for (const form of document.querySelectorAll("form[data-passkey]"))
    form.replaceChildren("This browser has no passkeys.");
