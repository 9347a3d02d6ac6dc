/**
 * The bound of every report for people: lines in UTF-8 up to a size at which a
 * terminal, a log and a forge still take them, whatever names and values they
 * hold. GitHub drops step summaries above 1 MiB, counted in bytes ("Workflow
 * commands").
 *
 * @module
 */

/** Bytes of a report for people. */
export const REPORT_BYTES_MAX = 900_000;

const encoder = new TextEncoder();

/**
 * Joins lines, and cuts between two of them where they are too many.
 *
 * @param more Where the rest is, such as `--json has all`.
 */
export function boundedText(lines: readonly string[], more: string): string {
  let bytes = 0;
  for (const [index, line] of lines.entries()) {
    bytes += encoder.encode(line).length + 1;
    if (bytes > REPORT_BYTES_MAX) {
      return [
        ...lines.slice(0, index),
        "",
        `Cut here: ${lines.length - index} more lines; ${more}.`,
        "",
      ].join("\n");
    }
  }
  return lines.join("\n");
}
