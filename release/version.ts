/**
 * The version of the program; a test holds it against `deno.json`.
 *
 * @module
 */

/** Version of this program. */
export const VERSION = "0.1.0";

/** How this program names itself in statements and reports. */
export const PROGRAM = `reproof ${VERSION}`;
