/** Where programs say why they failed. */
const reason =
  /\b(?:error|fatal|panic|exception|fail(?:ed|ure)|cannot|could not|unable|denied|refused|not found|no such|timed out)\b|\w(?:Error|Exception)\b/i;
/** Codes as ENOENT are; without regard to case it would be “every” as well. */
const code = /\bE[A-Z]{4,}\b/;
/** Where one says that there was none, that less than that was the matter, where in a program it was, or what to do now. */
const noReason =
  /\b(?:no|0|without) (?:error|failure)s?\b|^\W*(?:warn(?:ing)?|note|hint|info|debug)\b|^(?:at \S|File "|\^)|\bcomplete log of this run\b/i;

/** Whether a line that a program wrote says why it failed. */
export const namesReason = (line: string): boolean =>
  (reason.test(line) || code.test(line)) && !namesNoReason(line);

/** Whether it surely says something else. */
export const namesNoReason = (line: string): boolean => noReason.test(line);

/** A line without the time that Docker writes before it. */
export const withoutTime = (line: string): string =>
  line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*\s+/, "");
