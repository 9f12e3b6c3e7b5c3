const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** "20250616-2" as "16 June 2025 (crawl 2)"; any other slug as it is. */
export const readableAnalysis = (slug: string): string => {
  const [, year, month, day, run] = /^(\d{4})(\d{2})(\d{2})(?:-(\d+))?$/.exec(slug) ?? [];
  const name = months[Number(month) - 1];
  if (name === undefined || Number(day) < 1 || Number(day) > 31) return slug;
  return `${Number(day)} ${name} ${year}${run === undefined ? "" : ` (crawl ${Number(run)})`}`;
};
