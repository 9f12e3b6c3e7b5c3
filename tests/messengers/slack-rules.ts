/** What Slack refuses of a message, in its word; null: it takes it. Limits: https://docs.slack.dev/reference/block-kit/blocks */
export const refusedMessage = (given: Readonly<Record<string, unknown>>): string | null => {
  const { text = "", blocks = [] } = given as { text?: string; blocks?: readonly Block[] };
  if (text === "" && blocks.length === 0) return "no_text";
  if (text.length > 40_000) return "msg_too_long";
  if (blocks.length > 50) return "invalid_blocks";
  return blocks.every(isGood) ? null : "invalid_blocks";
};

interface Text {
  type: string;
  text: string;
}
interface Block {
  type: string;
  text?: Text;
  fields?: readonly Text[];
  elements?: readonly { type: string; action_id?: string; value?: string; url?: string; text?: Text }[];
}

const isGood = ({ type, text, fields, elements }: Block): boolean => {
  switch (type) {
    case "header":
      return text?.type === "plain_text" && isWithin(text, 150);
    case "section": {
      const isText = text === undefined || isWithin(text, 3_000);
      const areFields =
        fields === undefined || (fields.length <= 10 && fields.every((one) => isWithin(one, 2_000)));
      return isText && areFields && (text !== undefined || (fields?.length ?? 0) > 0);
    }
    case "actions": {
      const ids = new Set(elements?.map(({ action_id: id }) => id));
      const areButtons = (elements ?? []).every(
        ({ type: kind, value = "", url = "", text: label }) =>
          kind === "button" &&
          value.length <= 2_000 &&
          url.length <= 3_000 &&
          label !== undefined &&
          isWithin(label, 75),
      );
      return areButtons && ids.size === elements?.length && ids.size > 0 && ids.size <= 25;
    }
    default:
      return false;
  }
};

const isWithin = ({ text }: Text, most: number): boolean => text.length >= 1 && text.length <= most;
