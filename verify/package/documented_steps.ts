/**
 * Whether a document tells how to install something: in Markdown, a heading
 * with that name as a word of its own, and below it, before the next heading of
 * its level, a fenced block with a line in it or a numbered list.
 *
 * @module
 */

const HEADING = /^(#{1,6})\s+(.*)$/;
const NUMBERED = /^\s*\d+[.)]\s+\S/;
const FENCE = /^\s*(```|~~~)/;

/** Whether some section about a name has steps. */
export function documentsSteps(text: string, name: string): boolean {
  const word = new RegExp(
    `(?<![\\w.-])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`,
  );
  let level = 0;
  let fence: string | null = null;
  for (const line of withoutComments(text).split(/\r?\n/)) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== null) {
      if (mark === fence) fence = null;
      else if (level > 0 && line.trim() !== "") return true;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    const [, hashes = "", title = ""] = HEADING.exec(line) ?? [];
    if (hashes !== "") {
      if (word.test(title)) level = hashes.length;
      else if (level > 0 && hashes.length <= level) level = 0;
    } else if (level > 0 && NUMBERED.test(line)) return true;
  }
  return false;
}

/** A comment that does not end hides all that follows. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const start = text.indexOf("<!--", at);
    parts.push(text.slice(at, start === -1 ? undefined : start));
    const end = start === -1 ? -1 : text.indexOf("-->", start);
    if (end === -1) break;
    at = end + 3;
  }
  return parts.join("");
}
