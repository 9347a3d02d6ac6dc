/**
 * What the program prints, and nothing that a CI runner would obey. Runners
 * read the log of a step for commands: GitHub's obeys `::name::` where a line
 * begins with it, after any blanks, and `##[name]` anywhere in a line; Azure's
 * obeys `##vso[area.name]` anywhere, and its search passes over characters
 * without width. Names of files, words of artifacts and text of builds reach
 * the log, on one line each, so these beginnings are broken whoever reads: the
 * character that starts one is shown as an escape that JSON knows as well, so
 * that a document says the same as before.
 *
 * Sources: `ActionCommand.cs` of actions/runner, `Command.cs` of
 * microsoft/azure-pipelines-agent.
 *
 * @module
 */

const NO_WIDTH = "[\\p{Cf}\\0]*";
const ANYWHERE = new RegExp(
  ["#(?=", "#", "(?:v", "s", "o", ")?\\[)"].join(NO_WIDTH),
  "giu",
);
const AT_BEGINNING = new RegExp(
  `^([\\t\\v\\f\\x85\\p{Zs}\\p{Cf}\\0]*):(?=${NO_WIDTH}:)`,
  "gmu",
);

const encoder = new TextEncoder();

/** Nearly every text is this; nothing in it has no width. */
// deno-lint-ignore no-control-regex
const PLAIN = /^[\x01-\x7f]*$/;

/** The text without anything that a runner would take for a command. */
export function withoutCommands(text: string): string {
  const plain = PLAIN.test(text);
  const broken = plain && !text.includes("##")
    ? text
    : text.replace(ANYWHERE, "\\u0023");
  return plain && !text.includes("::")
    ? broken
    : broken.replace(AT_BEGINNING, "$1\\u003a");
}

/** Writes all of a text; a reader that closed its end is not an error. */
export function writeStream(
  stream: { writeSync(data: Uint8Array): number },
  text: string,
): void {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
