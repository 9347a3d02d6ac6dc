/**
 * The linter of `inspect`: what would break reproducibility, found in one file.
 */

import { assert, assertEquals } from "@std/assert";
import { findLeaks } from "../../../verify/compare/leaks.ts";
import { normalizerCause } from "../../../verify/compare/cause_field.ts";
import { peCause } from "../../../verify/compare/cause_pe.ts";
import { layoutOf } from "../../../verify/format/detect.ts";
import { NORMALIZERS } from "../../../verify/normalize/registry.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { bytesOf } from "../format/damage.ts";
import { smallMacho } from "../format/macho_fixture.ts";
import { AT, Canvas, image } from "../format/pe_fixture.ts";

function leaks(bytes: Uint8Array) {
  const reader = new MemoryReader(bytes);
  return findLeaks(reader, layoutOf(reader));
}

const wide = (text: string) =>
  bytesOf(...Array.from(text, (one) => `${one}\0`), "\0\0");

Deno.test("findLeaks finds paths of any build, in bytes and in UTF-16", () => {
  for (
    const path of [
      "/home/me/src/main.c",
      "/srv/builder/app/main.c",
      "/__w/app/app/main.rs",
      "/private/var/folders/xy/T/main.o",
      "C:\\Users\\me\\app\\main.cs",
      "D:\\a\\app\\app\\main.cpp",
      "E:\\made\\up here\\app.pdb",
    ]
  ) {
    for (const text of [bytesOf(`\0${path}\0`), wide(path)]) {
      const [leak] = leaks(bytesOf("\x01\x02", text));
      assertEquals(leak?.cause.axis, "build-path", path);
      assert(leak?.value.includes(path.slice(0, 3)), path);
    }
  }
  const [leak] = leaks(bytesOf("\x01\x01", wide("/home/me/src/main.c")));
  assertEquals([leak?.offset, leak?.value], [
    2,
    '"/home/me/src/main.c" (UTF-16)',
  ]);
});

Deno.test("findLeaks takes no other text for a path", () => {
  for (
    const text of [
      "/usr/lib/x86_64/libc.so",
      "https://example.org/work.c",
      "std::home::tmp",
      "C: drive",
    ]
  ) {
    assertEquals(leaks(bytesOf(`\0${text}\0`)), [], text);
    assertEquals(leaks(wide(text)), [], text);
  }
});

Deno.test("findLeaks sees a path in UTF-16 across the border of a chunk", () => {
  const bytes = new Uint8Array((1 << 20) + 400);
  bytes.set(wide("/home/me/src/main.c"), (1 << 20) - 20);
  assertEquals(leaks(bytes).map(({ offset }) => offset), [(1 << 20) - 20]);
});

Deno.test("findLeaks names what is volatile in PE and Mach-O", () => {
  const canvas = new Canvas(image().length);
  canvas.put(0, image());
  canvas.put(AT.text, wide("C:\\Users\\me\\main.cs").slice(0, 60));
  const found = leaks(canvas.bytes);
  for (
    const path of [
      "pe/coff/timestamp",
      "pe/load-config/timestamp",
      "pe/.text/content",
    ]
  ) assert(found.some((one) => one.path === path), path);
  const times = leaks(smallMacho({ objectTime: 1_700_000_000 }));
  assert(times.some(({ cause }) => cause.fix?.includes("ZERO_AR_DATE")));
});

Deno.test("every normaliser has a cause that says what to change", () => {
  const side = { layout: { format: "pe", fields: [], problems: [] } } as const;
  for (const { id } of NORMALIZERS) {
    const field = {
      path: "x",
      kind: "volatile",
      offset: 0,
      length: 0,
      normalizer: id,
    } as const;
    const reader = new MemoryReader(new Uint8Array());
    const cause = peCause("x", { ...side, reader, field }) ??
      normalizerCause(id);
    assert(cause !== undefined, id);
    // What only follows from other bytes has nothing to change.
    const follows = /follows from|digest of/.test(cause.construct ?? "");
    assertEquals(cause.fix === null, follows, id);
  }
});
