/**
 * The section of a changelog that is about one version: a heading whose first
 * word is the version (Keep a Changelog 1.1.0 and its relatives), `## [1.2.3]
 * - 2026-01-31`, `# v1.2.3`, or the version underlined. Headings inside code
 * fences are text.
 *
 * @module
 */

/** What a changelog holds of a version. */
export interface ChangelogSection {
  /** Headings that name the version. */
  readonly headings: number;
  /** Lines of text under the first of them. */
  readonly lines: number;
}

/** Finds the section of a version. */
export function changelogSection(
  text: string,
  version: string,
): ChangelogSection {
  let headings = 0;
  let lines = 0;
  let inside = false;
  let level = 0;
  let fenced = false;
  // What nobody is shown is no section.
  const all = text.replace(/<!--[^]*?-->/g, "").split(/\r?\n/);
  for (const [index, line] of all.entries()) {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? null : headingAt(line, all[index + 1] ?? "");
    if (heading !== null) {
      const named = heading.word === version;
      if (named) {
        headings++;
        level = heading.level;
      }
      // A heading below is part of the section.
      if (named || heading.level <= level) inside = named && headings === 1;
      continue;
    }
    const underline = /^[=\-~]{3,}\s*$/.test(line);
    if (inside && line.trim() !== "" && !underline) lines++;
  }
  return { headings, lines };
}

function headingAt(
  line: string,
  next: string,
): { readonly level: number; readonly word: string } | null {
  const marked = /^(#{1,4})\s+(.*)$/.exec(line);
  const underlined = line.trim() !== "" && /^[=\-~]{3,}\s*$/.test(next);
  const title = marked?.[2] ?? (underlined ? line : null);
  if (title === null) return null;
  const word = title.trim().split(/[\s:(]/)[0] ?? "";
  return {
    level: marked?.[1]?.length ?? (next.startsWith("=") ? 1 : 2),
    word: word.replace(/^\[([^\]]*)\].*$/, "$1").replace(/^v(?=\d)/, ""),
  };
}
