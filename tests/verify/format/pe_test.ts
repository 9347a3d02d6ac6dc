import { assert, assertEquals } from "@std/assert";
import { detectFormat } from "../../../verify/format/detect.ts";
import type { Layout } from "../../../verify/format/layout.ts";
import { peFormat } from "../../../verify/format/pe.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { bytesAt, labels, sound, surviveDamage } from "./damage.ts";
import {
  AT,
  Canvas,
  image,
  type ImageOptions,
  withCertificates,
} from "./pe_fixture.ts";

/** Every kind of image that the fixture can build. */
const IMAGES: readonly ImageOptions[] = [
  {},
  { wide: false },
  { reproducible: true },
  { wide: false, symbols: true },
  { symbols: true, overlay: new Uint8Array([1, 2, 3]) },
];

/** Fields with a normaliser as `offset id`, in order. */
function marked(layout: Layout): string[] {
  return layout.fields
    .filter((field) => field.normalizer !== undefined)
    .map((field) =>
      `${field.offset.toString(16)}+${field.length} ${field.normalizer}`
    );
}

Deno.test("pe is detected by both of its signatures", () => {
  const detect = (bytes: Uint8Array) => detectFormat(new MemoryReader(bytes));
  assertEquals(detect(image()), "pe");
  const dos = image();
  dos[AT.pe + 2] = 1;
  assertEquals(detect(dos), "data");
  const other = image();
  other[0] = 0x4e;
  assertEquals(detect(other), "data");
  assertEquals(detect(image().slice(0, AT.pe + 3)), "data");
  assertEquals(detect(image().slice(0, AT.pe + 4)), "pe");
});

Deno.test("pe lays every kind of image out without a problem", () => {
  for (const options of IMAGES) sound(peFormat, image(options));
});

Deno.test("pe marks what a normaliser may account for, and nothing else", () => {
  for (const wide of [true, false]) {
    assertEquals(marked(sound(peFormat, image({ wide }))), [
      "b8+4 pe-timestamp",
      "604+4 pe-load-config-timestamp",
      "684+4 pe-export-timestamp",
      "6c4+4 pe-import-timestamp",
      "81c+4 pe-delay-import-timestamp",
      "884+4 pe-debug-timestamp",
      "8a0+4 pe-debug-timestamp",
      "8bc+4 pe-debug-timestamp",
      "8d8+4 pe-debug-timestamp",
      "8f4+4 pe-debug-timestamp",
      "910+4 pe-debug-timestamp",
      "944+16 pe-rsds-guid",
      "954+4 pe-rsds-age",
      "9b7+32 pe-pdb-checksum",
      "b50+16 dotnet-mvid",
      "b80+128 dotnet-strong-name",
      "e04+4 pe-resource-timestamp",
      "e24+4 pe-resource-timestamp",
      "e44+4 pe-resource-timestamp",
      "e64+4 pe-resource-timestamp",
    ]);
  }
});

Deno.test("pe takes CheckSum for derived where it is set", () => {
  const kind = (bytes: Uint8Array) =>
    sound(peFormat, bytes).fields.find((field) =>
      field.path === "pe/optional/checksum"
    )?.kind;
  assertEquals(kind(image()), "content");
  const set = image();
  set[AT.checksum] = 1;
  assertEquals(kind(set), "derived");
});

Deno.test("pe takes stamps for hashes in an image with a REPRO entry", () => {
  const layout = sound(peFormat, image({ reproducible: true }));
  const ids = new Set(layout.fields.map((field) => field.normalizer));
  assert(ids.has("pe-content-timestamp"));
  assert(ids.has("pe-repro-hash"));
  for (const id of ["", "debug-", "export-", "resource-", "load-config-"]) {
    assert(!ids.has(`pe-${id}timestamp`));
  }
});

Deno.test("pe takes the stamp of a portable CodeView entry for its id", () => {
  const bytes = image();
  bytes.set([0x4d, 0x50], AT.debug + 10);
  const layout = sound(peFormat, bytes);
  assertEquals(
    layout.fields.find((field) => field.offset === AT.debug + 4)?.normalizer,
    "pe-content-timestamp",
  );
});

Deno.test("pe never marks the stamp of a bound import", () => {
  const layout = sound(peFormat, image());
  for (
    const path of [
      "pe/import/two.dll/timestamp",
      "pe/delay-import/two.dll/timestamp",
      "pe/bound-import/two.dll/timestamp",
      "pe/bound-import/fwd.dll/timestamp",
    ]
  ) {
    const field = layout.fields.find((one) => one.path === path);
    assertEquals([field?.kind, field?.normalizer], ["content", undefined]);
  }
});

Deno.test("pe takes 0 and -1 in an import for no stamps", () => {
  for (const stamp of [0, 0xffffffff, 1]) {
    const canvas = new Canvas(0x1000);
    canvas.put(0, image());
    canvas.u32(AT.import + 4, stamp);
    const field = sound(peFormat, canvas.bytes).fields.find((one) =>
      one.path === "pe/import/one.dll/timestamp"
    );
    assertEquals(field?.kind, stamp === 1 ? "volatile" : "content");
  }
});

Deno.test("pe leaves room reserved for a strong name unmarked", () => {
  const bytes = image();
  bytes[AT.cli + 16] = 1;
  const layout = sound(peFormat, bytes);
  const field = layout.fields.find((one) =>
    one.path === "pe/dotnet/strong-name"
  );
  assertEquals([field?.kind, field?.normalizer], ["content", undefined]);
});

Deno.test("pe keeps what the Rich header, paths and payloads say as content", () => {
  const bytes = image({ symbols: true, overlay: new Uint8Array([7, 8]) });
  const layout = sound(peFormat, bytes);
  const text = (path: string) =>
    new TextDecoder().decode(bytesAt(bytes, layout, path));
  assertEquals(text("pe/debug/codeview/path"), "C:\\build\\self.pdb\0");
  assertEquals(text("pe/debug/codeview/rest"), "xy");
  assertEquals(text("pe/overlay"), "\x07\x08");
  assert(labels(layout).includes("pe/rich/tool-261.32404"));
  assert(labels(layout).includes("pe/.debug_info"));
  assert(labels(layout).includes("pe/.text/slack"));
  for (const field of layout.fields) {
    if (/rich|path|rest|slack|overlay|\.text/.test(field.path)) {
      assertEquals(field.kind, "content", field.path);
    }
  }
});

Deno.test("pe opens an embedded PDB", () => {
  const layout = sound(peFormat, image());
  const field = layout.fields.find((one) =>
    one.path === "pe/debug/embedded-pdb/pdb"
  );
  assertEquals(field?.inner, "deflate");
});

Deno.test("pe opens archives behind the image and names what it knows", () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const overlay = (payload: Uint8Array) => {
    const field = sound(peFormat, image({ overlay: payload })).fields.at(-1);
    return [field?.path, field?.inner];
  };
  assertEquals(overlay(text("PK\x03\x04 zip")), ["pe/overlay", "stored"]);
  assertEquals(overlay(text("#!python\nPK")), ["pe/overlay", "stored"]);
  assertEquals(overlay(text("BZh91AY&SY")), ["pe/overlay", "stored"]);
  assertEquals(overlay(text("PK\x05")), ["pe/overlay", undefined]);
  assertEquals(overlay(text("js\n---- Bun! ----\n")), [
    "pe/payload-bun",
    undefined,
  ]);
  assertEquals(overlay(text("js\n---- Bun? ----\n")), [
    "pe/overlay",
    undefined,
  ]);
});

Deno.test("pe marks a Go build id at the start of the code alone", () => {
  const id = "abcDEF012_-/abcd/efgh/ijkl";
  const marks = (start: string, entry = 0x1100) => {
    const canvas = new Canvas(0x1000);
    canvas.put(0, image());
    canvas.bytes.set(
      Uint8Array.from(start, (character) => character.charCodeAt(0)),
      AT.text,
    );
    canvas.u32(AT.optional + 16, entry);
    return sound(peFormat, canvas.bytes).fields
      .filter((field) => field.path.startsWith("pe/.text"))
      .map((field) => `${field.path} ${field.length}`);
  };
  const frame = (value: string) => `\xff Go build ID: "${value}"\n \xff`;
  assertEquals(marks(frame(id)), [
    "pe/.text/content 16",
    `pe/.text/go-build-id ${id.length}`,
    `pe/.text/content#2 ${0x1f0 - 16 - id.length}`,
    "pe/.text/slack 16",
  ]);
  const none = ["pe/.text/content 496", "pe/.text/slack 16"];
  // 32-bit programs start with thunks; only these may stand in front.
  const thunk = (register: string) =>
    `\x8b${register}\x24\xc3${"\xcc".repeat(12)}`;
  assertEquals(
    marks(thunk("\x04") + thunk("\x0c") + frame(id)).slice(0, 2),
    ["pe/.text/content 48", `pe/.text/go-build-id ${id.length}`],
  );
  assertEquals(marks(thunk("\x05") + frame(id)), none);
  assertEquals(marks(thunk("\x04").slice(1) + frame(id)), none);
  assertEquals(marks(thunk("\x04") + frame(id), 0x1010), none);
  assertEquals(marks(` ${frame(id)}`), none);
  assertEquals(marks(frame(`${id}\x90`)), none);
  assertEquals(marks(frame(id).slice(0, -1)), none);
  assertEquals(marks(frame(id), 0x1010), none);
});

Deno.test("pe lays out certificate tables of one and of two entries", () => {
  const one = new Uint8Array(21).fill(1);
  for (const wide of [true, false]) {
    const bytes = image({ wide, overlay: new Uint8Array([1]) });
    const layout = sound(peFormat, withCertificates(bytes, wide, [one, one]));
    assertEquals(
      layout.fields.filter((field) => field.path.startsWith("pe/cert"))
        .map((field) => `${field.offset} ${field.path} ${field.length}`),
      [
        "4104 pe/certificate/length 4",
        "4108 pe/certificate/revision 2",
        "4110 pe/certificate/type 2",
        "4112 pe/certificate/signature 24",
        "4136 pe/certificate/length#2 4",
        "4140 pe/certificate/revision#2 2",
        "4142 pe/certificate/type#2 2",
        "4144 pe/certificate/signature#2 24",
      ],
    );
  }
});

Deno.test("pe obeys the law under damage", () => {
  for (const options of IMAGES) surviveDamage(peFormat, image(options), 400);
  const signed = withCertificates(image(), true, [new Uint8Array(40)]);
  surviveDamage(peFormat, signed, 400);
});
