/**
 * Mutation: a flip inside a field that a normaliser accounts for stays
 * accounted for, by that normaliser; a flip of any other byte never does.
 * Values that are derived but not computed again need a companion: alone they
 * have no account, beside an accounted difference they have.
 */

import { assertEquals } from "@std/assert";
import { compareReaders } from "../../../verify/compare/compare_readers.ts";
import type { Field } from "../../../verify/format/layout.ts";
import { layoutOf } from "../../../verify/format/detect.ts";
import { normalizerOf } from "../../../verify/normalize/registry.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { object, shortImport } from "../format/coff_fixture.ts";
import { randomNumbers } from "../format/damage.ts";
import { AT, Canvas, image } from "../format/pe_fixture.ts";
import { outsideImages, outsideTest } from "../format/pe_outside.ts";
import { signed, withChecksum } from "../format/pe_signing.ts";
import { printSeed } from "../../seed.ts";

const outside = await outsideImages();

async function compare(left: Uint8Array, right: Uint8Array) {
  const result = await compareReaders(
    { label: "left", reader: new MemoryReader(left) },
    { label: "right", reader: new MemoryReader(right) },
  );
  return {
    verdict: result.verdict,
    by: result.differences.map((one) => one.accountedBy),
  };
}

interface Walk {
  /** Offsets to flip; all when absent. */
  readonly offsets?: Iterable<number>;
  /** Offset of a stamp that is masked and changes too. */
  readonly companion?: number;
}

/**
 * Flips byte after byte and counts what the comparison should not have said.
 */
async function walk(
  bytes: Uint8Array,
  { offsets, companion }: Walk = {},
): Promise<{ flips: number; accounted: number; survivors: string[] }> {
  const { fields } = layoutOf(new MemoryReader(bytes));
  const survivors: string[] = [];
  let flips = 0;
  let accounted = 0;
  let index = 0;
  for (const at of offsets ?? bytes.keys()) {
    if (index >= fields.length || (fields[index] as Field).offset > at) {
      index = 0;
    }
    let field = fields[index] as Field;
    while (at >= field.offset + field.length) {
      field = fields[++index] as Field;
    }
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] as number) ^ 0x12;
    if (companion !== undefined) {
      flipped[companion] = (flipped[companion] as number) ^ 0x55;
    }
    const { verdict, by } = await compare(bytes, flipped);
    flips++;
    const allowed = isAllowed(field, flipped, companion !== undefined);
    if (allowed) accounted++;
    const holds = allowed
      ? verdict === "equivalent" && by.includes(field.normalizer ?? "")
      : verdict === "different";
    if (!holds) survivors.push(`${at} ${field.path} ${verdict} ${by}`);
  }
  return { flips, accounted, survivors };
}

/** Whether the flipped field has an account by its own specification. */
function isAllowed(
  field: Field,
  flipped: Uint8Array,
  accompanied: boolean,
): boolean {
  const normalizer = normalizerOf(field.normalizer ?? "");
  if (normalizer === undefined) return false;
  const value = flipped.subarray(field.offset, field.offset + field.length);
  if (!normalizer.valid(value)) return false;
  if (normalizer.action === "mask") return true;
  const reader = new MemoryReader(flipped);
  return accompanied &&
    normalizer.derive?.(reader, field, layoutOf(reader)) === "not-recomputed";
}

function report(
  name: string,
  { flips, accounted, survivors }: Awaited<ReturnType<typeof walk>>,
): void {
  const text = `    ${name}: ${flips} flips, ${accounted} accounted for, ` +
    `${survivors.length} survivors\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
  assertEquals(survivors, []);
}

Deno.test("pe accounts for its volatile fields and not for another byte", async () => {
  report("PE32+", await walk(image()));
  // The rest of a PE32 image is the same, byte for byte.
  const offsets = Array.from({ length: AT.delay }, (_, at) => at);
  report("PE32", await walk(image({ wide: false }), { offsets }));
});

Deno.test("pe accounts for ids only beside another difference", async () => {
  const companion = AT.coffStamp;
  const fields = layoutOf(new MemoryReader(image())).fields;
  const offsets = fields
    .filter((field) => field.offset >= AT.data && field.offset < 0x1000)
    .flatMap((field) =>
      Array.from({ length: field.length }, (_, index) => field.offset + index)
    );
  report(
    "PE32+ with another time",
    await walk(image(), { companion, offsets }),
  );
});

Deno.test("pe accounts for no hash of a reproducible image on its own", async () => {
  const bytes = image({ reproducible: true });
  const offsets = Array.from({ length: AT.metadata }, (_, at) => at);
  report("REPRO", await walk(bytes, { offsets }));
});

Deno.test("pe accounts for no byte of an image whose CheckSum stays", async () => {
  const offsets = Array.from({ length: 0x600 }, (_, at) => at * 2 + 1);
  const { survivors } = await walk(withChecksum(image()), { offsets });
  // A masked field that changes without CheckSum makes CheckSum wrong.
  assertEquals(
    survivors.filter((one) => !one.includes("timestamp different")),
    [],
  );
});

Deno.test("pe accounts for CheckSum and signature that follow from a time", async () => {
  const other = new Canvas(image().length);
  other.put(0, image());
  other.u32(AT.coffStamp, 0x66000000);
  const changed = other.bytes;
  assertEquals(
    await compare(withChecksum(image()), withChecksum(changed)),
    { verdict: "equivalent", by: ["pe-timestamp", "pe-checksum"] },
  );
  assertEquals(
    await compare(signed(image()), signed(changed)),
    {
      verdict: "equivalent",
      by: ["pe-timestamp", "pe-checksum", "pe-certificate"],
    },
  );
  // The same signature over two images is wrong over one of them.
  const stale = signed(image());
  stale.set(changed.subarray(0, AT.checksum), 0);
  assertEquals(
    (await compare(signed(image()), withChecksum(stale))).verdict,
    "different",
  );
});

Deno.test("coff accounts for its stamp and for no other byte", async () => {
  const walks = [
    ["object", object()],
    ["large object", object(true)],
    ["short import", shortImport()],
  ] as const;
  for (const [name, bytes] of walks) {
    const result = await walk(bytes);
    report(name, result);
    assertEquals(result.accounted, 4);
  }
});

/** Whether the optional header holds a CheckSum (PE Format, offset 64). */
function hasChecksum(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return view.getUint32(view.getUint32(0x3c, true) + 24 + 64, true) !== 0;
}

outsideTest(
  "pe accounts for nothing else in released images",
  outside,
  async (images) => {
    const random = randomNumbers(printSeed("flipped bytes"));
    for (const { name, bytes } of images) {
      const offsets = Array.from(
        { length: bytes.length < 100_000 ? 60 : 12 },
        (_, index) => index % 2 === 0 ? random(bytes.length) : random(0x400),
      ).sort((a, b) => a - b);
      const found = await walk(bytes, { offsets });
      // A time that changes without CheckSum makes CheckSum wrong.
      const survivors = hasChecksum(bytes)
        ? found.survivors.filter((one) => !one.includes("timestamp different"))
        : found.survivors;
      report(name, { ...found, survivors });
    }
  },
);
