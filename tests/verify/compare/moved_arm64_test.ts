/**
 * Where instructions of 64-bit Arm lead to, by encodings that an assembler
 * made: `adrp x0, page; add x0, x0, #low`, `ldr`, branches.
 */

import { assertEquals } from "@std/assert";
import {
  arm64NumberBits,
  arm64Target,
} from "../../../verify/compare/moved_arm64.ts";

const ADDRESS = 0x100003f00;

/** Instructions one behind the other from the address on. */
function code(...words: number[]) {
  return {
    address: ADDRESS,
    instruction: (offset: number) => words[offset / 4],
  };
}

Deno.test("a pair of instructions leads to one place from either half", () => {
  // adrp x0, 0x100004000; nop; add x0, x0, #0x18
  const pair = code(0xb0000000, 0xd503201f, 0x91006000);
  assertEquals(arm64Target(pair, 0), 0x100004018);
  assertEquals(arm64Target(pair, 8), 0x100004018);
  assertEquals(arm64Target(pair, 4), undefined);
  // ldr x1, [x0, #0x18] is scaled by 8; ldr w1, [x0, #0xc] by 4.
  assertEquals(arm64Target(code(0xb0000000, 0xf9400c01), 0), 0x100004018);
  assertEquals(arm64Target(code(0xb0000000, 0xb9400c01), 4), 0x10000400c);
});

Deno.test("half a pair leads nowhere", () => {
  assertEquals(arm64Target(code(0xb0000000), 0), undefined);
  assertEquals(arm64Target(code(0x91006000), 0), undefined);
  // Another register.
  assertEquals(arm64Target(code(0xb0000001, 0x91006000), 0), undefined);
});

Deno.test("branches and literals count from themselves", () => {
  // bl +8; b -4; b.eq +16; cbz x0, +8; tbz w0, #0, +12; adr x0, +20
  assertEquals(arm64Target(code(0x94000002), 0), ADDRESS + 8);
  assertEquals(arm64Target(code(0x17ffffff), 0), ADDRESS - 4);
  assertEquals(arm64Target(code(0x54000080), 0), ADDRESS + 16);
  assertEquals(arm64Target(code(0xb4000040), 0), ADDRESS + 8);
  assertEquals(arm64Target(code(0x36000060), 0), ADDRESS + 12);
  assertEquals(arm64Target(code(0x100000a0), 0), ADDRESS + 20);
  // mov x0, #5 holds no address.
  assertEquals(arm64Target(code(0xd28000a0), 0), undefined);
});

Deno.test("the bits of a number leave registers and operation alone", () => {
  assertEquals(arm64NumberBits(0x94000002) & 0xfc000000, 0);
  assertEquals(arm64NumberBits(0xb0000000) & 0x1f, 0);
  assertEquals(arm64NumberBits(0x91006000) & 0xffc003ff, 0);
});
