/**
 * What a bundle claims to be about, before anything of it is verified. It says
 * what to expect of the verification; only the verified statement is believed.
 *
 * @module
 */

import {
  parseStatement,
  type Statement,
} from "../../verify/attest/statement.ts";
import { parseStrictJson } from "../../verify/strict_json.ts";

/**
 * Reads the statement of a bundle that nobody has verified.
 *
 * @throws {ReproofError | TypeError} for what is no bundle with a statement.
 */
export function peekStatement(bytes: Uint8Array, name: string): Statement {
  const value = parseStrictJson(bytes, name) as {
    readonly dsseEnvelope?: { readonly payload?: unknown };
  } | null;
  const payload = value?.dsseEnvelope?.payload;
  if (typeof payload !== "string") throw new TypeError("no payload");
  return parseStatement(Uint8Array.fromBase64(payload), name);
}
