/**
 * One string of a TOML document (TOML 1.0.0): enough to find a version, and
 * nothing that guesses. A key that is not a plain string in one place of the
 * table is not found; text inside multi-line strings and arrays is passed by.
 *
 * @module
 */

/** The string under a key of a table, or null. */
export function tomlString(
  text: string,
  table: string,
  key: string,
): string | null {
  let current = "";
  let closing: string | null = null;
  const values: (string | null)[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.replace(/\r$/, "");
    if (closing !== null) {
      if (line.includes(closing)) closing = null;
      continue;
    }
    const header = /^\s*\[\s*([^[\]]+?)\s*\]\s*(?:#.*)?$/.exec(line);
    if (header !== null) {
      current = (header[1] ?? "").replace(/\s*\.\s*/g, ".").replace(/"/g, "");
      continue;
    }
    if (/^\s*\[\[/.test(line)) {
      current = "[[]]";
      continue;
    }
    closing = opened(line);
    if (current !== table) continue;
    const pair = /^\s*"?([A-Za-z0-9_-]+)"?\s*=\s*(.*)$/.exec(line);
    if (pair?.[1] !== key) continue;
    const value = /^(?:"([^"\\]*)"|'([^']*)')\s*(?:#.*)?$/.exec(pair[2] ?? "");
    values.push(value === null ? null : value[1] ?? value[2] ?? null);
  }
  return values.length === 1 ? values[0] ?? null : null;
}

/** The delimiter that ends a multi-line string begun in a line. */
function opened(line: string): string | null {
  for (const delimiter of ['"""', "'''"]) {
    const first = line.indexOf(delimiter);
    if (first !== -1 && line.indexOf(delimiter, first + 3) === -1) {
      return delimiter;
    }
  }
  return null;
}
