/**
 * Untrusted text made safe to show on a terminal, in a log or in one line of
 * a report. File names, build output and certificates may hold control
 * sequences, bidirectional overrides or line breaks; all of them are shown as
 * visible escapes. Renderers for other media (Markdown, HTML) add their own
 * escaping on top.
 *
 * @module
 */

const TEXT_LENGTH_MAX = 2000;

/** Nearly every text is this, and needs no more than a look. */
const PLAIN = /^[ -~]*$/;

/**
 * Controls (C0, DEL, C1), line and paragraph separators, bidirectional and
 * zero-width formatting characters, byte order marks, lone surrogates.
 */
const UNSAFE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Shows `text` on one line without any character that could act.
 *
 * @param text Untrusted text of any length.
 * @param lengthMax Longest result before the cut mark, in UTF-16 units.
 */
export function escapeText(text: string, lengthMax = TEXT_LENGTH_MAX): string {
  const cut = text.length > lengthMax;
  if (!cut && PLAIN.test(text)) return text;
  const shown = (cut ? text.slice(0, lengthMax) : text).replace(
    UNSAFE,
    (character) => {
      switch (character) {
        case "\n":
          return "\\n";
        case "\r":
          return "\\r";
        case "\t":
          return "\\t";
        default:
          return `\\u{${character.charCodeAt(0).toString(16)}}`;
      }
    },
  );
  return cut ? `${shown}… (${text.length - lengthMax} more)` : shown;
}
