import { routes } from "#core/routes.ts";
import { versioned } from "#views/frame.tsx";

/** Lets the browser that looks be notified. Without JavaScript nothing of it is seen. */
export const ThisBrowser = ({
  publicKey,
  device,
  version,
}: {
  publicKey: string;
  device: string;
  version: string;
}) => (
  <>
    <form
      method="post"
      action={routes.newChannel.href()}
      class="ask-buttons"
      hidden
      data-push="yes"
      data-key={publicKey}
      data-worker={routes.pushWorker.href()}
    >
      <input type="hidden" name="kind" value="push" />
      <input type="hidden" name="name" value={device} />
      <input type="hidden" name="endpoint" />
      <input type="hidden" name="p256dh" />
      <input type="hidden" name="auth" />
      {["needs-you", "failed", "finished", "cancelled", "slow"].map((want) => (
        <input type="hidden" name={`want ${want}`} value="on" />
      ))}
      <input type="hidden" name="overMinutes" value="2" />
      <button type="submit" class="button-primary">
        Notify me in this browser
      </button>
      <p>
        <small>On a phone: open Milepost there, add it to the home screen, and press this in it.</small>
      </p>
    </form>
    <script src={versioned("push.js", version)} defer />
  </>
);
