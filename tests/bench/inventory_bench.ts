/**
 * Hashing in `verify`: accounting for the files of a release directory against
 * OpenSSL hashing the same files.
 *
 * @module
 */

import { sha256 } from "../../verify/digest.ts";
import { formatChecksums } from "../../verify/integrity/checksums.ts";
import { takeInventory } from "../../release/verification/inventory.ts";
import { measure, run } from "./ratio.ts";

const FILES = 10;
const FILE_BYTES = 100_000_000;

/** Measures the hashing of a release. */
export async function benchInventory(): Promise<boolean> {
  const directory = await Deno.makeTempDir();
  try {
    const bytes = new Uint8Array(FILE_BYTES);
    for (let offset = 0; offset < bytes.length; offset += 65536) {
      crypto.getRandomValues(bytes.subarray(offset, offset + 65536));
    }
    const entries = [];
    for (let index = 0; index < FILES; index++) {
      bytes[0] = index;
      const path = `file-${index}.bin`;
      await Deno.writeFile(`${directory}/${path}`, bytes);
      entries.push({ path, sha256: sha256(bytes) });
    }
    await Deno.writeTextFile(
      `${directory}/SHA256SUMS`,
      formatChecksums(entries),
    );
    const paths = entries.map((entry) => `${directory}/${entry.path}`);
    return await measure({
      name: `hashing ${FILES} files of ${FILE_BYTES / 1e6} MB in verify`,
      reference: "openssl dgst -sha256",
      limit: navigator.hardwareConcurrency < 2 ? 1.2 : 0.7,
      runs: 5,
      ours: async () => {
        const { checks } = await takeInventory(directory, {
          unfinished: false,
        });
        const bad = checks.find((check) => check.status !== "pass");
        if (bad !== undefined) throw new Error(bad.id);
      },
      theirs: () => run("openssl", ["dgst", "-sha256", ...paths]),
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
