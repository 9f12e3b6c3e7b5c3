/** A form as browsers send it: whatever ended a line where it was typed, a carriage return and a line feed end it here. */
export const formOf = (values: Readonly<Record<string, string>>): URLSearchParams =>
  new URLSearchParams(Object.entries(values).map(([name, value]): [string, string] => [name, asSent(value)]));

const asSent = (text: string): string => text.replace(/\r\n|\r|\n/g, "\r\n");
