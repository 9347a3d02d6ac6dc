import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { deflateRawSync, gzipSync } from "node:zlib";
import { DeflateStream } from "../../../verify/format/deflate_stream.ts";
import { GzipStream } from "../../../verify/format/gzip_stream.ts";
import {
  DecodeBudget,
  DecodedSource,
  SourceReader,
} from "../../../verify/format/source.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";
import { concat } from "../tar_fixture.ts";

const text = Uint8Array.from({ length: 700_000 }, (_, at) => (at * at) >> 7);
const budget = () => new DecodeBudget(1 << 30);

Deno.test("DecodedSource gives the same bytes in any order of reads", () => {
  const packed = new Uint8Array(
    concat(
      gzipSync(text.subarray(0, 300_000)),
      gzipSync(text.subarray(300_000)),
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(720_000), fc.nat(90_000)), { maxLength: 12 }),
      (reads) => {
        const source = new DecodedSource(
          () => new GzipStream(new MemoryReader(packed)),
          budget(),
        );
        for (const [offset, length] of reads) {
          const piece = source.readAt(offset, length);
          const expected = text.subarray(offset, offset + length);
          assertEquals(piece.length, expected.length);
          assertEquals(Buffer.compare(piece, expected), 0);
        }
      },
    ),
    { seed: printSeed("reads of a decoded source"), numRuns: 60 },
  );
});

Deno.test("DecodedSource ends early when its budget ends, and says so", () => {
  const zeros = new Uint8Array(deflateRawSync(new Uint8Array(70 << 20)));
  const open = () => new DeflateStream(new MemoryReader(zeros));
  let left = 10 << 20;
  const small = {
    take: (bytes: number) => (left -= bytes) >= 0,
  } as unknown as DecodeBudget;
  const source = new DecodedSource(open, small);
  const reader = new SourceReader(source, 0, 70 << 20);
  assertEquals(reader.read(0, 10).length, 10);
  // Never bytes that are made up.
  assertThrows(() => {
    for (let at = 0; at < reader.size; at += 1 << 20) reader.read(at, 1 << 20);
  });
  assertEquals(source.exhausted, true);
  const ample = new DecodedSource(open, budget());
  assertEquals(ample.readAt((70 << 20) - 5, 10).length, 5);
  assertEquals([ample.exhausted, ample.size], [false, 70 << 20]);
});

Deno.test("DecodedSource ends a pass at a known end, and starts another", () => {
  // Longer than what is kept, so that reading again decodes again.
  const long = concat(...new Array<Uint8Array>(8).fill(text));
  const packed = new Uint8Array(gzipSync(long));
  const passes: { isOpen: boolean }[] = [];
  const source = new DecodedSource(
    () => {
      const stream = new GzipStream(new MemoryReader(packed));
      const pass = { isOpen: true };
      passes.push(pass);
      return {
        next: () => stream.next(),
        [Symbol.dispose]: () => {
          pass.isOpen = false;
          stream[Symbol.dispose]();
        },
      };
    },
    budget(),
    long.length,
  );
  for (const count of [1, 2]) {
    for (let at = 0; at < long.length; at += 100_000) {
      const piece = source.readAt(at, 100_000);
      assertEquals(Buffer.compare(piece, long.subarray(at, at + 100_000)), 0);
    }
    assertEquals(source.readAt(long.length, 10).length, 0);
    // Nothing is left of it that would hold memory.
    assertEquals(passes.length, count);
    assertEquals(passes.some(({ isOpen }) => isOpen), false);
  }
  assertEquals(source.exhausted, false);
});

Deno.test("DeflateStream is sound only when the stream ends with its bytes", () => {
  const packed = new Uint8Array(deflateRawSync(text));
  const sound = (bytes: Uint8Array) => {
    const stream = new DeflateStream(new MemoryReader(bytes));
    while (stream.next() !== undefined) continue;
    return stream.sound;
  };
  assertEquals(sound(packed), true);
  assertEquals(sound(packed.slice(0, -1)), false);
  assertEquals(sound(concat(packed, Uint8Array.of(0))), false);
  assertEquals(sound(new Uint8Array(0)), false);
  assertEquals(sound(Uint8Array.of(0xff, 0xff)), false);
});
