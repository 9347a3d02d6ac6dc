/**
 * Compressed files that are one stream: Zstandard (RFC 8878), xz (The .xz File
 * Format 1.2.1) and bzip2. Each is one field that holds a file. Zstandard is
 * opened; for the others there is no decoder here, so what they hold is never
 * taken for equal unless their bytes are.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { innerKind } from "./inner_kind.ts";
import type { Format } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";

function singleStream(name: "bzip2" | "xz" | "zstd"): Format {
  return {
    name,
    detect: (reader: Reader) =>
      reader.size >= 8 &&
      innerKind(reader, { offset: 0, length: reader.size }) === name,
    layout(reader) {
      const ledger = new LedgerBuilder(name, reader.size);
      ledger.claim(
        `${name}/stream`,
        "content",
        { offset: 0, length: reader.size },
        {
          inner: name,
          ...(name === "zstd" ? { normalizer: "zstd-encoding" } : {}),
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
