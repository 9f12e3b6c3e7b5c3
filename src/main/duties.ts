import type { Others } from "#core/others.ts";
import type { SharedNode } from "#store/postgres/node.ts";

/** Something that goes on by itself from `open` to `close`, and may be opened again. */
interface Duty {
  open(): void | Promise<void>;
  close(): Promise<void>;
}

interface DutiesOptions {
  /** Null: this process is the only one. */
  node: Pick<SharedNode, "stand"> | null;
  others: Pick<Others, "listen">;
  /** Whether this process may be the one. */
  stands: boolean;
  duties: readonly Duty[];
  /** What looks for work of a kind when another node says that there is some. */
  looks: Readonly<Record<string, () => void>>;
}

/** What is done once however many processes there are: it goes on in one of them at a time. They begin in their order and end backwards. */
export const openDuties = async ({
  node,
  others,
  stands,
  duties,
  looks,
}: DutiesOptions): Promise<{ close(): Promise<void> }> => {
  const stopListening = others.listen((what) => {
    if (what !== "missed") looks[what]?.();
    else for (const look of Object.values(looks)) look();
  });
  const begin = async (): Promise<void> => {
    for (const duty of duties) await duty.open();
  };
  const end = async (): Promise<void> => {
    for (const duty of duties.toReversed()) await duty.close();
  };
  if (node === null) await begin();
  const standing = node === null ? { close: end } : stands ? node.stand({ begin, end }) : null;
  return {
    close: async () => {
      stopListening();
      await standing?.close();
    },
  };
};
