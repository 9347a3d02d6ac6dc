/**
 * Every limit that a comparison can reach in a PE image. What lies behind one
 * is not judged, and what a limit kept from being computed again is not taken
 * for derived.
 */

import { assertEquals } from "@std/assert";
import { deflateRawSync } from "node:zlib";
import { LIMITS } from "../../../verify/limits.ts";
import { compareBytes } from "../compare_bytes.ts";
import {
  AT,
  Canvas,
  directoryAt,
  image,
  sectionAt,
} from "../format/pe_fixture.ts";
import { signed } from "../format/pe_signing.ts";
import { type Build, testLimits } from "./limit_reached.ts";

const RESOURCE_RVA = 0x3000;

/** An image with a time and a text, and room for tables behind the headers. */
function imageOf(
  { time, text }: { readonly time: number; readonly text: string },
  size: number,
  write: (canvas: Canvas) => void = () => {},
): Uint8Array {
  const canvas = new Canvas(AT.resource + size);
  canvas.put(0, image());
  canvas.put(AT.text, text);
  canvas.u32(AT.coffStamp, time);
  canvas.bytes.fill(0, AT.resource);
  canvas.u32(directoryAt(true, 2), 0, 0);
  canvas.u32(sectionAt(true, 2) + 8, size, RESOURCE_RVA, size);
  write(canvas);
  return canvas.bytes;
}

/** Fills a table with one entry, so many times. */
function fill(
  canvas: Canvas,
  at: number,
  { count, words }: { readonly count: number; readonly words: number[] },
): void {
  for (let index = 0; index < count; index++) {
    canvas.u32(at + index * 4 * words.length, ...words);
  }
}

/**
 * Writes the metadata again, with a heap of blobs behind it.
 *
 * @returns Where the heap begins.
 */
function metadataWithBlobs(canvas: Canvas, heap: number): number {
  const bytes = canvas.bytes.slice(AT.metadata, AT.metadata + 0xe0);
  const root = AT.resource;
  canvas.u32(AT.cli + 8, RESOURCE_RVA, heap + 0x100);
  canvas.put(root, bytes.subarray(0, 60));
  canvas.put(root + 0x70, bytes.subarray(0x70));
  canvas.u16(root + 30, 3);
  canvas.u32(root + 60, 0x100, heap);
  canvas.put(root + 68, "#Blob");
  return root + 0x100;
}

const LIMITED: Readonly<Record<string, Build>> = {
  peDebugEntriesMax: ({ reached, ...file }) => {
    const count = LIMITS.peDebugEntriesMax + (reached ? 1 : 0);
    return imageOf(file, 0x2000, (canvas) => {
      canvas.u32(directoryAt(true, 6), RESOURCE_RVA, 28 * count);
      fill(canvas, AT.resource, {
        count,
        words: [0, file.time, 0, 13, 0, 0, 0],
      });
    });
  },
  peImportsMax: ({ reached, ...file }) => {
    // One of them is the empty one at the end.
    const count = LIMITS.peImportsMax - (reached ? 0 : 1);
    const empty = RESOURCE_RVA + 20 * count;
    return imageOf(file, 0x20000, (canvas) => {
      canvas.u32(directoryAt(true, 1), RESOURCE_RVA, 20 * (count + 1));
      fill(canvas, AT.resource, {
        count,
        words: [empty, file.time, 0, 0x2100, empty],
      });
    });
  },
  peImportThunksMax: ({ reached, ...file }) => {
    const count = LIMITS.peImportThunksMax - (reached ? 0 : 1);
    return imageOf(file, 0x90000, (canvas) => {
      canvas.u32(directoryAt(true, 1), RESOURCE_RVA, 60);
      const [rva, name] = [RESOURCE_RVA + 0x100, 0x2100];
      canvas.u32(AT.resource, rva, file.time, 0, name, rva);
      canvas.u32(AT.resource + 20, rva, file.time, 0, name, rva);
      fill(canvas, AT.resource + 0x100, { count, words: [1, 0] });
      // Of the second import nothing is left to be looked at.
      if (!reached) canvas.u32(AT.resource + 20, 0, 0, 0, 0, 0);
    });
  },
  peResourceEntriesMax: ({ reached, ...file }) => {
    const count = LIMITS.peResourceEntriesMax + (reached ? 1 : 0);
    return imageOf(file, 0x90000, (canvas) => {
      const node = 16 + 8 * count;
      canvas.u32(directoryAt(true, 2), RESOURCE_RVA, node + 32);
      canvas.u32(AT.resource, 0, file.time, 0);
      canvas.u16(AT.resource + 12, 0xffff, count - 0xffff);
      fill(canvas, AT.resource + 16, { count, words: [1, node] });
      // Below a node, where a limit keeps it from being looked at.
      canvas.u32(AT.resource + 16, 2, 0x80000000 + node + 16);
      canvas.u32(AT.resource + node + 16, 0, file.time, 0, 0);
    });
  },
  peCertificatesMax: ({ reached, ...file }) =>
    signed(imageOf(file, 0x200), {
      algorithms: Array.from(
        { length: LIMITS.peCertificatesMax + (reached ? 1 : 0) },
        () => "sha256",
      ),
    }),
  peSignatureBytesMax: ({ reached, ...file }) =>
    signed(imageOf(file, 0x200), {
      signatureBytes: LIMITS.peSignatureBytesMax + (reached ? 8 : 0),
    }),
  "peSignatureBytesMax of one signature, as large as any": (
    { reached, time, text },
  ) =>
    signed(imageOf({ time: 1, text }, 0x200), {
      signer: `Signer ${time}`,
      signatureBytes: LIMITS.peSignatureBytesMax + (reached ? 8 : 0),
    }),
  pePdbBytesMax: ({ reached, ...file }) =>
    imageOf(file, 0x200000, (canvas) => {
      const pdb = deflateRawSync(
        new Uint8Array(LIMITS.pePdbBytesMax + (reached ? 1 : 0)),
      );
      const at = AT.debug + 4 * 28;
      canvas.u32(at + 16, 8 + pdb.length, RESOURCE_RVA, AT.resource);
      canvas.put(AT.resource, "MPDB");
      canvas.put(AT.resource + 8, pdb);
      canvas.u32(AT.pdbChecksum + 7, file.time);
    }),
  dotnetBlobHeapBytesMax: ({ reached, ...file }) => {
    const heap = LIMITS.dotnetBlobHeapBytesMax + (reached ? 4 : 0);
    return imageOf(file, heap + 0x200, (canvas) => {
      metadataWithBlobs(canvas, heap);
      canvas.u32(AT.strongName, file.time);
    });
  },
  dotnetPublicKeysMax: ({ reached, ...file }) => {
    const count = LIMITS.dotnetPublicKeysMax + (reached ? 1 : 0);
    const keyBytes = 2 + 32 + 64;
    const heap = count * keyBytes;
    return imageOf(file, heap + 0x200, (canvas) => {
      const at = metadataWithBlobs(canvas, heap);
      for (let index = 0; index < count; index++) {
        const key = at + index * keyBytes;
        canvas.put(key, new Uint8Array([0x80, keyBytes - 2]));
        canvas.u32(key + 2, 0x2400, 0x800c, 0, 0, 0, 0x31415352, 8 * 64);
        canvas.u32(key + 30, 65537, 7);
      }
      canvas.u32(AT.strongName, file.time);
    });
  },
};

testLimits(LIMITED);

Deno.test("compare says of a signature added that it is too long to be read", async () => {
  const verdictOf = async (signatureBytes: number, text: string) => {
    const { verdict, limitsHit } = await compareBytes(
      imageOf({ time: 1, text: "text" }, 0x200),
      signed(imageOf({ time: 1, text }, 0x200), { signatureBytes }),
    );
    return [verdict, ...limitsHit.map(({ limit }) => limit)];
  };
  const most = LIMITS.peSignatureBytesMax;
  assertEquals(await verdictOf(most, "text"), ["equivalent"]);
  assertEquals(await verdictOf(most + 8, "text"), [
    "unchecked",
    "peSignatureBytesMax",
  ]);
  assertEquals((await verdictOf(most + 8, "test"))[0], "different");
});
