/** A link whose address came from elsewhere: only http, https and our own pages become one, everything else stays text. */
export const SafeLink = ({ href, label }: { href: string; label: string }) =>
  /^(https?:\/\/|\/(?!\/))/i.test(href) ? (
    <a href={href} rel="noreferrer">
      {label}
    </a>
  ) : (
    <span>{label}</span>
  );
