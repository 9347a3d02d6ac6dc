/**
 * The pass that decodes a field whose file is stored in compressed form.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import type { Reader } from "../reader.ts";
import { DeflateStream } from "./deflate_stream.ts";
import type { Field } from "./layout.ts";
import type { DecodedStream } from "./source.ts";
import { XzStream } from "./xz_stream.ts";
import { ZstdStream } from "./zstd_stream.ts";

/** A pass that says at its end what the bytes were. */
export interface FieldStream extends DecodedStream {
  /** Whether the stream ended exactly where its bytes do. */
  readonly sound: boolean;
  /** Whether it uses a feature that no decoder here has. */
  readonly unsupported?: boolean;
}

/**
 * Starts a pass over the bytes of a field.
 *
 * @throws {ReproofError} `layout-unsupported` for a form without a decoder.
 */
export function fieldStream(
  bytes: Reader,
  { inner, path }: Pick<Field, "inner" | "path">,
): FieldStream {
  switch (inner) {
    case "deflate":
      return new DeflateStream(bytes);
    case "xz":
      return new XzStream(bytes);
    case "zstd":
      return new ZstdStream(bytes);
    default:
      throw new ReproofError("layout-unsupported", `Decoding "${path}"`, {
        expected: "deflate, xz or zstd",
        observed: `"${inner}"`,
      });
  }
}
