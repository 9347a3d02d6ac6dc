import { assertEquals } from "@std/assert";
import { deflateSync } from "node:zlib";
import {
  isZdebugName,
  zdebugHeaderBytes,
} from "../../../verify/format/zdebug.ts";
import { MemoryReader } from "../../../verify/reader.ts";

const STREAM = new Uint8Array(deflateSync("debug information"));
const section = (magic = "ZLIB", stream = STREAM) =>
  Uint8Array.from([
    ...new TextEncoder().encode(magic),
    ...[0, 0, 0, 0, 0, 0, 0, 17],
    ...stream,
  ]);
const header = (bytes: Uint8Array, size = bytes.length) =>
  zdebugHeaderBytes(new MemoryReader(bytes), { offset: 0, size });

Deno.test("a section of debug information stored by zlib is recognised", () => {
  assertEquals(header(section()), 14);
  for (
    const name of [".zdebug_info", "__zdebug_line", "__DWARF,__zdebug_loc"]
  ) {
    assertEquals(isZdebugName(name), true, name);
  }
});

Deno.test("another section is content", () => {
  assertEquals(header(section("zlib")), undefined);
  // A dictionary, another method, no room, past the end.
  const dictionary = STREAM.slice();
  dictionary[1] = 0xbb;
  assertEquals(header(section("ZLIB", dictionary)), undefined);
  assertEquals(header(section("ZLIB", STREAM.map((_, at) => at))), undefined);
  assertEquals(header(section(), 18), undefined);
  assertEquals(header(section(), 400), undefined);
  for (const name of [".text", ".debug_info", "my.zdebugger"]) {
    assertEquals(isZdebugName(name), false, name);
  }
});
