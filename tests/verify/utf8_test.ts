import { assertEquals } from "@std/assert";
import { decodeUtf8 } from "../../verify/utf8.ts";

Deno.test("decodeUtf8() gives the text, or where it ends", () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  const text = "\ufeffa\u00e9\u6587\u{1f600}";
  assertEquals(decodeUtf8(new TextEncoder().encode(text)), text);
  assertEquals(decodeUtf8(bytes()), "");
  assertEquals(decodeUtf8(bytes(0x80)), { offset: 0 });
  assertEquals(decodeUtf8(bytes(0x61, 0xff, 0x62)), { offset: 1 });
  // Overlong, a surrogate, and beyond the last code point.
  assertEquals(decodeUtf8(bytes(0x61, 0xc0, 0x80)), { offset: 1 });
  assertEquals(decodeUtf8(bytes(0xed, 0xa0, 0x80)), { offset: 1 });
  assertEquals(decodeUtf8(bytes(0xf5, 0x80, 0x80, 0x80)), { offset: 0 });
  // Cut within a character: the end is where it breaks off.
  assertEquals(decodeUtf8(bytes(0x61, 0xe6, 0x96)), { offset: 3 });
});
