import { routes } from "#core/routes.ts";
import { CodeView } from "./form/code.tsx";
import { Frame, type PageProps } from "./frame.tsx";

interface AnotherDeviceProps extends PageProps {
  link: string;
  /** The same as a QR code: an SVG document. */
  picture: string;
  /** Only this machine gets there. */
  isOnlyHere: boolean;
}

/** The link that signs another device in, to be read or photographed. */
export const AnotherDevicePage = ({ link, picture, isOnlyHere, ...page }: AnotherDeviceProps) => (
  <Frame {...page} title="Sign in another device" active="settings">
    <h1>Sign in another device</h1>
    <p>
      Point the camera of the other device at this, or open the link there. It works once, within ten minutes,
      and signs in as you, so show it to nobody else.
    </p>
    {isOnlyHere && (
      <p class="note tone-waiting">
        This address leads back to the machine that opens it. For other devices Milepost has to listen on the
        network (HOST=0.0.0.0); then open this page by the name or address of this machine.
      </p>
    )}
    <img
      class="qr"
      src={`data:image/svg+xml,${encodeURIComponent(picture)}`}
      alt="The link below as a QR code"
      width={240}
      height={240}
    />
    <CodeView label="Link" text={link} id="device-link" />
    <p>
      <a href={routes.settings.href()}>Back to the settings</a>, where the other device stands once it is
      signed in.
    </p>
  </Frame>
);
