/** The way on that can succeed, where trying the step again cannot. The sentence and the button are both made of it. */
export type WayOn =
  /** To an earlier step, by its id. `why` ends the sentence: "to order it anew". */
  | { back: string; why: string }
  /** To a form that is filled already. `label` is a sentence without its dot: "Crawl http://… instead". */
  | { href: string; label: string };

/** A way on as it is kept with the error. */
export type KeptWayOn = { back: string; label: string } | { href: string; label: string };

/** An error's sentence with its way on at the end, and the button that does what that says; `titleOf` gives a step's title. */
export const withWayOn = (
  message: string,
  wayOn: WayOn | undefined,
  titleOf: (stepId: string) => string | undefined,
): { message: string; wayOn?: KeptWayOn } => {
  if (wayOn === undefined) return { message };
  if ("href" in wayOn) return { message: `${message} ${wayOn.label}.`, wayOn };
  const title = titleOf(wayOn.back);
  if (title === undefined) return { message };
  const label = `Go back to “${title}”`;
  return { message: `${message} ${label} ${wayOn.why}.`, wayOn: { back: wayOn.back, label } };
};
