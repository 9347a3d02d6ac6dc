/**
 * Damage as fast-check draws and shrinks it: bits flipped, numbers set to
 * values at the edges of their range, cuts, bytes put in and parts repeated.
 *
 * @module
 */

import fc from "fast-check";

const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff];

type Change = (bytes: Uint8Array) => Uint8Array;

/** A damaged copy; small damage first, so that failures shrink to it. */
export function damaged(fixture: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc.array(change(fixture.length), { maxLength: 4 }).map((changes) =>
    changes.reduce<Uint8Array>((bytes, one) => one(bytes), fixture.slice())
  );
}

function change(size: number): fc.Arbitrary<Change> {
  // Headers stand at the start, and directories at the end.
  const place = fc.oneof(
    fc.nat(Math.max(0, size - 1)),
    fc.nat(Math.min(size, 512)),
    fc.nat(Math.min(size, 128)).map((back) => Math.max(0, size - 1 - back)),
  );
  const flip = fc.tuple(place, fc.nat(7)).map(
    ([at, bit]): Change => (bytes) => {
      const copy = bytes.slice();
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << bit);
      return copy;
    },
  );
  const edge = fc.tuple(
    place,
    fc.constantFrom(...EDGES),
    fc.constantFrom(1, 2, 4),
    fc.boolean(),
  ).map(([at, value, width, little]): Change => (bytes) => {
    const copy = bytes.slice();
    for (let index = 0; index < width && at + index < copy.length; index++) {
      const shift = 8 * (little ? index : width - 1 - index);
      copy[at + index] = (value >>> shift) & 0xff;
    }
    return copy;
  });
  const cut = place.map((at): Change => (bytes) => bytes.slice(0, at));
  const put = fc.tuple(place, fc.uint8Array({ maxLength: 20 })).map(
    ([at, more]): Change => (bytes) => splice(bytes, at, 0, more),
  );
  const repeat = fc.tuple(place, place).map(
    ([from, to]): Change => (bytes) =>
      splice(bytes, to, 0, bytes.slice(from, from + 64)),
  );
  const remove = fc.tuple(place, fc.integer({ min: 1, max: 16 })).map(
    ([at, length]): Change => (bytes) =>
      splice(bytes, at, length, new Uint8Array()),
  );
  return fc.oneof(
    { weight: 4, arbitrary: flip },
    { weight: 4, arbitrary: edge },
    cut,
    put,
    repeat,
    remove,
  );
}

function splice(
  bytes: Uint8Array,
  at: number,
  length: number,
  more: Uint8Array,
): Uint8Array {
  return Uint8Array.from([
    ...bytes.subarray(0, at),
    ...more,
    ...bytes.subarray(at + length),
  ]);
}
