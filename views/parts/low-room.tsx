import { routes } from "#core/routes.ts";
import type { Room } from "#core/storage.ts";
import { bytesText } from "#views/format.ts";
import { Notice } from "./notice.tsx";

/** Where the room is running out, told on every page. */
export const LowRoom = ({ room: { freeBytes, leastBytes }, admin }: { room: Room; admin: boolean }) => (
  <Notice
    tone={freeBytes < leastBytes ? "bad" : "attention"}
    title={`Only ${bytesText(freeBytes)} are free where Milepost keeps its data`}
    id="low-room"
  >
    <p>
      {freeBytes < leastBytes
        ? `That is less than ${bytesText(leastBytes)}, so nothing new is begun. What is under way goes on as long as it can, and nothing is lost.`
        : `Below ${bytesText(leastBytes)} nothing new is begun.`}{" "}
      {admin && <a href={routes.storage.href()}>What takes the room</a>}
    </p>
  </Notice>
);
