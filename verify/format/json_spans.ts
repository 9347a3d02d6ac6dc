/**
 * Where the values of a JSON document lie in its bytes. The document must have
 * been parsed strictly before: this file only finds places.
 *
 * @module
 */

/** One string, number or literal. */
export interface JsonSpan {
  /** Keys and positions that lead to it; keys as they are written. */
  readonly path: readonly string[];
  /** Place of the token in bytes; of a string without its quotes. */
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** Strings run in loops of one class, which cost no memory to step back. */
const TOKEN =
  /"([^"\\]*(?:\\[^][^"\\]*)*)"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;

/** A container on the way to a value. */
interface Frame {
  readonly isArray: boolean;
  index: number;
  key: string | undefined;
}

/**
 * Lists all scalar values in order.
 *
 * @param text The document with one character for each byte.
 */
export function* jsonSpans(
  text: string,
  depthMax: number,
): Generator<JsonSpan, void, undefined> {
  const frames: Frame[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0];
    const frame = frames.at(-1);
    if (token === "{" || token === "[") {
      frames.push({ isArray: token === "[", index: 0, key: undefined });
    } else if (token === "}" || token === "]") {
      frames.pop();
    } else if (token === ",") {
      if (frame !== undefined) {
        frame.index++;
        frame.key = undefined;
      }
    } else if (token !== ":") {
      const string = match[1];
      if (frame !== undefined && !frame.isArray && frame.key === undefined) {
        frame.key = string ?? token;
        continue;
      }
      if (frames.length > depthMax) continue;
      yield {
        path: frames.map(({ isArray, index, key }) =>
          isArray ? String(index) : key ?? ""
        ),
        offset: match.index + (string === undefined ? 0 : 1),
        length: string === undefined ? token.length : string.length,
        text: string ?? token,
      };
    }
  }
}
