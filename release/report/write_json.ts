/**
 * The text of a large JSON document in pieces, so that it never lies in memory
 * as a whole. Put together they are what `JSON.stringify` gives.
 *
 * @module
 */

const PIECE_LENGTH = 64 << 10;
/** Below this depth a value is small, and written at once. */
const DEPTH = 4;

/**
 * Writes a value piece by piece.
 *
 * @param write Takes the pieces, in order.
 */
export function writeJson(
  value: unknown,
  write: (piece: string) => void,
): void {
  let piece = "";
  const put = (token: string) => {
    piece += token;
    if (piece.length < PIECE_LENGTH) return;
    write(piece);
    piece = "";
  };
  const visit = (part: unknown, depth: number) => {
    if (depth === DEPTH || isFlat(part)) {
      put(JSON.stringify(part) ?? "null");
    } else if (Array.isArray(part)) {
      put("[");
      for (const [index, member] of part.entries()) {
        if (index > 0) put(",");
        visit(member, depth + 1);
      }
      put("]");
    } else {
      let before = "{";
      for (const [key, member] of Object.entries(part as object)) {
        if (member === undefined) continue;
        put(`${before}${JSON.stringify(key)}:`);
        visit(member, depth + 1);
        before = ",";
      }
      put(before === "{" ? "{}" : "}");
    }
  };
  visit(value, 0);
  write(piece);
}

/** Whether nothing in it holds anything. */
function isFlat(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  for (const member of Object.values(value)) {
    if (typeof member === "object" && member !== null) return false;
  }
  return true;
}
