/** Text to be copied as it is; the button copies it where there is JavaScript. */
export const CodeView = ({ label, text, id }: { label: string; text: string; id: string }) => (
  <figure class="code" hx-ignore>
    <figcaption>
      <span>{label}</span>
      <button type="button" class="button-outline small js-only" data-copy={`${id}-code`}>
        Copy<span class="visually-hidden"> {label}</span>
      </button>
    </figcaption>
    <pre tabindex={0}>
      <code id={`${id}-code`}>{text}</code>
    </pre>
  </figure>
);
