/**
 * A line of a log without what terminals act on: colours, cursor movements and
 * links (ECMA-48, "Control sequences" and "OSC"). A carriage return begins the
 * line anew on a terminal; here each part is a line of its own.
 *
 * @module
 */

const SEQUENCES =
  // deno-lint-ignore no-control-regex
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g;

/** A text without the sequences that terminals act on. */
export function withoutSequences(text: string): string {
  return text.includes("\x1b") ? text.replace(SEQUENCES, "") : text;
}

/** The lines that a terminal would have shown, one after another. */
export function plainLines(line: string): string[] {
  return withoutSequences(line).split("\r").filter((part) => part !== "");
}
