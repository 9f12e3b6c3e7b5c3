/** A line of JSON, as programs write it; null for others. */
export const jsonIn = (line: string): Record<string, unknown> | null => {
  if (!line.startsWith("{") || !line.endsWith("}")) return null;
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === "object" && said !== null && !Array.isArray(said)
      ? (said as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
};
