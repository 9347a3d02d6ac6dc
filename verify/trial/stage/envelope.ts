/**
 * Reads an envelope: the one line of an output that begins with a prefix.
 * Values may hold spaces, equals signs, and even something that looks like
 * build information, so the line is taken apart from both ends: pairs by the
 * known keys from the front, the build information as the end of the line.
 *
 * @module
 */

/** What an envelope says. */
export interface Envelope {
  readonly values: Readonly<Record<string, string>>;
  /** Whether it ends with the build information of the artifact. */
  readonly metadata: boolean;
  /** Number of its line in the output, from 0. */
  readonly line: number;
}

/** How an envelope is written. */
export interface EnvelopeForm {
  readonly prefix: string;
  readonly keys: readonly string[];
}

/**
 * Finds the envelope in an output.
 *
 * @param buildInfo The build-info line that the bytes of the artifact hold.
 * @returns The envelope, or in words why there is none.
 */
export function readEnvelope(
  output: string,
  form: EnvelopeForm,
  buildInfo: string,
): Envelope | string {
  const lines = output.split("\n");
  const found = lines.flatMap((text, line) =>
    text.startsWith(form.prefix) ? [{ text, line }] : []
  );
  const [first] = found;
  if (first === undefined) return "no envelope";
  if (found.length > 1) return `${found.length} envelopes`;
  if (first.line === lines.length - 1) return "an envelope without a newline";
  const body = first.text.slice(form.prefix.length);
  const metadata = body === buildInfo || body.endsWith(` ${buildInfo}`);
  let rest = metadata
    ? body.slice(0, body.length - buildInfo.length).replace(/ $/, "")
    : body;
  const values: Record<string, string> = {};
  for (const [index, key] of form.keys.entries()) {
    if (!rest.startsWith(`${key}=`)) return `no "${key}=" in its place`;
    rest = rest.slice(key.length + 1);
    const next = form.keys[index + 1];
    const end = next === undefined ? rest.length : rest.indexOf(` ${next}=`);
    if (end === -1) return `no "${next}=" after "${key}="`;
    values[key] = rest.slice(0, end);
    rest = rest.slice(end + 1);
  }
  return { values, metadata, line: first.line };
}
