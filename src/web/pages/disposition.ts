/**
 * The `Content-Disposition` of a file to be saved (RFC 6266): a plain name for old clients, the real one beside it (RFC 8187).
 * Whatever is in the name, it stays one header with one name and without a folder.
 */
export const attachment = (fileName: string): string => {
  const name = fileName.replace(/[\p{Cc}\p{Cf}\p{Cs}/\\]/gu, "_") || "export.csv";
  const plain = name.normalize("NFKD").replace(/[^\x20-\x7e]|["%]/g, "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended(name)}`;
};

// encodeURIComponent leaves these as they are, the header must not.
const extended = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
