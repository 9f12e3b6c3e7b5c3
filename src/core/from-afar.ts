import { type Channel, channelWords, farChannels } from "./answerers.ts";
import { AppError } from "./errors.ts";
import { allFields, type Form } from "./form.ts";

/** A question as far as it matters to those who answer without a page of ours in front of them. */
export interface FarQuestion {
  form: Pick<Form, "fields"> | null;
  /** Its author wants a person in a browser. */
  personOnly: boolean;
}

/**
 * Why a question cannot be answered from a mail, a notification or a chat application, as a sentence; null: it can. Whoever holds a phone
 * or a mailbox is not proven to be its owner.
 */
export const farRefusal = ({ form, personOnly }: FarQuestion): string | null => {
  if (personOnly) return "Only a person in a browser may answer this. Open the run and sign in.";
  const fields = allFields(form?.fields ?? []);
  if (fields.some((field) => field.kind === "text" && field.secret === true))
    return "This asks for a secret, so it is answered on its page only.";
  const approval = fields.find((field) => field.kind === "approval");
  return approval?.risk === "high" ? "This is of high risk, so it is approved on its page only." : null;
};

export const isFar = (channel: Channel): boolean => (farChannels as readonly Channel[]).includes(channel);

/** Throws AppError("forbidden") with that sentence. */
export const assertFarMay = (question: FarQuestion): void => {
  const refused = farRefusal(question);
  if (refused !== null) throw new AppError("forbidden", refused);
};

/** Whether it was they who did it, here or from elsewhere. */
export const isDoneBy = (by: string, name: string): boolean =>
  by === name || farChannels.some((channel) => by === whoFrom(name, channel));

/** Who answered, and where, where that was not here: "Ann in Slack". */
export const whoFrom = (name: string, channel: Channel): string =>
  isFar(channel) ? `${name} ${channelWords[channel as keyof typeof channelWords]}` : name;
