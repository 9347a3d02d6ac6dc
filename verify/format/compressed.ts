/**
 * Compressed files that are one stream: Zstandard (RFC 8878), xz (The .xz File
 * Format 1.2.1) and bzip2. Each is one field that holds a file. For bzip2 there
 * is no decoder here, so what it holds is never taken for equal unless its bytes
 * are. The runtime has none, and of the packages in the registry the best kept,
 * `seek-bzip` 2.0.0, has no types and no documented way to decode in pieces, so
 * that a bound would rest on its insides; `unbzip2-stream`, `bz2`, `compressjs`,
 * `bzip2-wasm` and `@foxglove/wasm-bz2` are older or bring more than a decoder.
 * The decoder of Zstandard is that of the runtime, in `node:zlib`.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { Format } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";

type CompressedForm = "bzip2" | "xz" | "zstd";

/** The .xz File Format 1.2.1, section 2.1.1.1. */
const XZ = "\xfd7zXZ\0";
/** RFC 8878, section 3.1.1. */
const ZSTD = "\x28\xb5\x2f\xfd";
/** Magic, then the size of the blocks as one digit. */
const BZIP2 = /^BZh[1-9]/;
/** Magic of a block, or of the end of an empty stream. */
const BZIP2_BLOCKS = ["1AY&SY", "\x17rE8P\x90"];
const BZIP2_BLOCK_AT = 4;
const MAGIC_BYTES = 10;

/** The form whose magic a file starts with, if any. */
export function compressedForm(reader: Reader): CompressedForm | undefined {
  const head = String.fromCharCode(
    ...reader.read(0, Math.min(MAGIC_BYTES, reader.size)),
  );
  if (head.startsWith(XZ)) return "xz";
  if (head.startsWith(ZSTD)) return "zstd";
  const isBzip2 = BZIP2.test(head) &&
    BZIP2_BLOCKS.some((magic) => head.startsWith(magic, BZIP2_BLOCK_AT));
  return isBzip2 ? "bzip2" : undefined;
}

function singleStream(name: CompressedForm): Format {
  return {
    name,
    detect: (reader: Reader) => compressedForm(reader) === name,
    layout(reader, fieldsMax) {
      const ledger = new LedgerBuilder(name, reader.size, fieldsMax);
      ledger.claim(
        `${name}/stream`,
        "content",
        { offset: 0, length: reader.size },
        {
          inner: name,
          ...(name === "bzip2" ? {} : { normalizer: `${name}-encoding` }),
        },
      );
      return ledger.finish();
    },
  };
}

/** Zstandard, RFC 8878. */
export const zstd: Format = singleStream("zstd");

/** The .xz file format. */
export const xz: Format = singleStream("xz");

/** bzip2. */
export const bzip2: Format = singleStream("bzip2");
