/** How a column keeps any JSON value, as text, on every database. Null and undefined are null there. */
export const jsonCodec = {
  dataType: () => "text",
  toDriver: (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value)),
  fromDriver: (text: string | null) => (text === null ? null : JSON.parse(text)),
};
