/**
 * Headers that lie. Each case changes one number of a sound image and names
 * the problem that must come of it; a layout with a problem excuses nothing.
 */

import { assert, assertEquals } from "@std/assert";
import { peFormat } from "../../../verify/format/pe.ts";
import { LIMITS } from "../../../verify/limits.ts";
import { lawful, sound } from "./damage.ts";
import {
  AT,
  Canvas,
  directoryAt,
  image,
  sectionAt,
  withCertificates,
} from "./pe_fixture.ts";

interface Lie {
  readonly name: string;
  readonly at: number;
  readonly value: number;
  readonly code: string;
  readonly path: string;
}

const LIES: readonly Lie[] = [
  {
    name: "signature inside the DOS header",
    at: 0x3c,
    value: 0x10,
    code: "layout-overlap",
    path: "pe/dos/header",
  },
  {
    name: "optional header past the end",
    at: AT.pe + 20,
    value: 0x2022fff0,
    code: "layout-truncated",
    path: "pe/optional",
  },
  {
    name: "optional header too short",
    at: AT.pe + 20,
    value: 0x20220040,
    code: "layout-invalid",
    path: "pe/optional/magic",
  },
  {
    name: "unknown optional header",
    at: AT.optional,
    value: 0x30b,
    code: "layout-invalid",
    path: "pe/optional/magic",
  },
  {
    name: "ROM image",
    at: AT.optional,
    value: 0x107,
    code: "layout-unsupported",
    path: "pe/optional/magic",
  },
  {
    name: "more directories than there is room for",
    at: AT.optional + 108,
    value: 17,
    code: "layout-out-of-range",
    path: "pe/optional/number-of-directories",
  },
  {
    name: "headers larger than the file",
    at: AT.optional + 60,
    value: 0x10000,
    code: "layout-out-of-range",
    path: "pe/optional/size-of-headers",
  },
  {
    name: "headers smaller than the section table",
    at: AT.optional + 60,
    value: 0x100,
    code: "layout-out-of-range",
    path: "pe/optional/size-of-headers",
  },
  {
    name: "raw data past the end",
    at: sectionAt(true, 2) + 16,
    value: 0x400,
    code: "layout-out-of-range",
    path: "pe/.rsrc",
  },
  {
    name: "raw data of two sections shared",
    at: sectionAt(true, 2) + 20,
    value: AT.data,
    code: "layout-overlap",
    path: "pe/.rsrc",
  },
  {
    name: "raw data over the headers",
    at: sectionAt(true, 2) + 20,
    value: 0x200,
    code: "layout-overlap",
    path: "pe/.rsrc",
  },
  {
    name: "raw data off the sector boundary",
    at: sectionAt(true, 2) + 20,
    value: AT.resource - 8,
    code: "layout-invalid",
    path: "pe/section-table/.rsrc",
  },
  {
    name: "virtual addresses that overlap",
    at: sectionAt(true, 2) + 12,
    value: 0x2100,
    code: "layout-overlap",
    path: "pe/section-table/.rsrc",
  },
  {
    name: "symbols past the end",
    at: AT.pe + 12,
    value: 0x7fffffff,
    code: "layout-out-of-range",
    path: "pe/symbols",
  },
  {
    name: "export directory in no section",
    at: directoryAt(true, 0),
    value: 0x7000,
    code: "layout-out-of-range",
    path: "pe/export",
  },
  {
    name: "export directory in code",
    at: directoryAt(true, 0),
    value: 0x1000,
    code: "layout-invalid",
    path: "pe/export",
  },
  {
    name: "load configuration in code",
    at: directoryAt(true, 10),
    value: 0x1000,
    code: "layout-invalid",
    path: "pe/load-config",
  },
  {
    name: "resources in code",
    at: directoryAt(true, 2),
    value: 0x1000,
    code: "layout-invalid",
    path: "pe/resource",
  },
  {
    name: "metadata in code",
    at: AT.cli + 8,
    value: 0x1000,
    code: "layout-invalid",
    path: "pe/dotnet/cli-header",
  },
  {
    name: "strong name over the MVID",
    at: AT.cli + 32,
    value: 0x2000 + AT.guids - AT.data,
    code: "layout-overlap",
    path: "pe/dotnet/strong-name",
  },
  {
    name: "MVID past the heap",
    at: AT.tables + 36,
    value: 9,
    code: "layout-invalid",
    path: "pe/dotnet/#~",
  },
  {
    name: "no Module row",
    at: AT.tables + 8,
    value: 4,
    code: "layout-invalid",
    path: "pe/dotnet/#~",
  },
  {
    name: "debug directory that is no whole number of entries",
    at: directoryAt(true, 6) + 4,
    value: 6 * 28 + 1,
    code: "layout-invalid",
    path: "pe/debug",
  },
  {
    name: "debug data at two places",
    at: AT.debug + 24,
    value: AT.text,
    code: "layout-out-of-range",
    path: "pe/debug/codeview/entry/place",
  },
  {
    name: "debug data over the debug directory",
    at: AT.debug + 3 * 28 + 16,
    value: 0x100000,
    code: "layout-out-of-range",
    path: "pe/debug/pogo/entry/place",
  },
  {
    name: "resource data over the debug directory",
    at: AT.resource + 0x80,
    value: 0x2000 + AT.debug - AT.data,
    code: "layout-overlap",
    path: "pe/debug/codeview/entry/timestamp",
  },
  {
    name: "certificates in the middle of the file",
    at: directoryAt(true, 4),
    value: AT.text,
    code: "layout-invalid",
    path: "pe/certificate",
  },
];

Deno.test("pe names the place of a header that lies", () => {
  for (const { name, at, value, code, path } of LIES) {
    const canvas = new Canvas(0x1000);
    canvas.put(0, image());
    if (at === 0x3c) canvas.put(value, "PE\0\0");
    canvas.u32(at, value);
    const { problems } = lawful(peFormat, canvas.bytes);
    assert(
      problems.some((one) => one.code === code && one.path === path),
      `${name}: ${JSON.stringify(problems)}`,
    );
    assert(problems.every((one) => one.offset <= 0x1000), name);
  }
});

Deno.test("pe never shares the raw data of an image with certificates", () => {
  const signed = withCertificates(image(), true, [new Uint8Array(16)]);
  sound(peFormat, signed);
  const canvas = new Canvas(signed.length);
  canvas.put(0, signed);
  canvas.u32(directoryAt(true, 4), AT.resource, signed.length - AT.resource);
  const { problems } = lawful(peFormat, canvas.bytes);
  assert(problems.some((one) => one.code === "layout-overlap"));
});

Deno.test("pe finds certificates that do not end the file or add up", () => {
  const signed = withCertificates(image(), true, [new Uint8Array(16)]);
  const longer = new Uint8Array(signed.length + 8);
  longer.set(signed);
  assertEquals(
    lawful(peFormat, longer).problems.map((one) => one.path),
    ["pe/certificate"],
  );
  const odd = signed.slice();
  odd[0x1000] = 0x90;
  assertEquals(
    lawful(peFormat, odd).problems.map((one) => one.path),
    ["pe/certificate"],
  );
});

Deno.test("pe ends a resource tree that loops", () => {
  const canvas = new Canvas(0x1000);
  canvas.put(0, image());
  // The node of type 16 leads back to the root and to itself.
  canvas.u32(AT.resource + 0x34, 0x80000000);
  canvas.u32(AT.resource + 0x5c - 8, 24, 0x80000040);
  const layout = lawful(peFormat, canvas.bytes);
  assertEquals(
    layout.fields.filter((field) => field.path.startsWith("pe/resource"))
      .map((field) => field.offset),
    [AT.resource + 4, AT.resource + 0x24, AT.resource + 0x44],
  );
});

Deno.test("pe stops at the limits of its tables and says so", () => {
  const size = 0x100000;
  const large = (write: (canvas: Canvas) => void) => {
    const canvas = new Canvas(size);
    canvas.put(0, image());
    canvas.u32(sectionAt(true, 2) + 8, size - 0x1000);
    canvas.u32(sectionAt(true, 2) + 16, size - AT.resource);
    write(canvas);
    return lawful(peFormat, canvas.bytes).problems;
  };
  const fill = (canvas: Canvas, words: number[]) => {
    for (
      let at = AT.resource;
      at + words.length * 4 <= size;
      at += words.length * 4
    ) canvas.u32(at, ...words);
  };
  const limits = {
    debug: large((canvas) => {
      canvas.u32(directoryAt(true, 6), 0x3000, 28 * 0x8000);
      fill(canvas, [0, 1, 0, 13, 0, 0, 0]);
    }),
    import: large((canvas) => {
      canvas.u32(directoryAt(true, 1), 0x3000, size);
      fill(canvas, [0x3000, 1, 0, 0x3000, 0x3000]);
    }),
    resource: large((canvas) => {
      fill(canvas, [0, 0x80000000]);
      canvas.u32(AT.resource, 0, 1, 0, 0xffffffff);
    }),
  };
  for (const [path, problems] of Object.entries(limits)) {
    assert(
      problems.some((one) =>
        one.code === "limit-reached" && one.path === `pe/${path}`
      ),
      `${path}: ${JSON.stringify(problems)}`,
    );
  }
});

Deno.test("pe lays out more sections than fields and says so", () => {
  const count = 0xffff;
  const table = sectionAt(true, 0);
  const canvas = new Canvas(table + count * 40 + 0x1000);
  canvas.put(0, image().slice(0, table));
  canvas.u16(AT.pe + 6, count);
  canvas.u32(AT.optional + 60, table + count * 40);
  for (let index = 0; index < count; index++) {
    canvas.u32(table + index * 40 + 8, 1, 0x1000 + index * 2, 4, 512);
  }
  const layout = lawful(peFormat, canvas.bytes);
  assert(layout.problems.length > 0);
  assert(layout.fields.length <= LIMITS.layoutFieldsMax + 2);
});
