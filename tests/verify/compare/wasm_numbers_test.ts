import { assertEquals } from "@std/assert";
import {
  readNumber,
  sameButNumbers,
} from "../../../verify/compare/wasm_numbers.ts";

const bytes = (...list: number[]) => Uint8Array.from(list);

Deno.test("readNumber reads a number signed and unsigned", () => {
  assertEquals(readNumber(bytes(0xe5, 0x8e, 0x26), 0), {
    value: 624485,
    unsigned: 624485,
    length: 3,
  });
  assertEquals(readNumber(bytes(0x7f), 0)?.value, -1);
  assertEquals(readNumber(bytes(0xe8, 0x9c, 0x80, 0x88, 0x00), 0)?.length, 5);
  assertEquals(readNumber(bytes(0x80, 0x80), 0), undefined);
});

Deno.test("sameButNumbers asks of every number that differs", () => {
  // i32.const 1000; i32.const 2000, then in more bytes.
  const left = bytes(0x41, 0xe8, 0x07, 0x41, 0x3f, 0x0b);
  const right = bytes(0x41, 0xec, 0x07, 0x41, 0xc3, 0x00, 0x0b);
  const asked: [number, number][] = [];
  const accepts = (one: number, other: number) => {
    asked.push([one, other]);
    return other - one === 4;
  };
  assertEquals(sameButNumbers(left, right, accepts), true);
  assertEquals(asked[0], [1000, 1004]);
  assertEquals(sameButNumbers(left, right, () => false), false);
});

Deno.test("sameButNumbers sees what was added", () => {
  const code = bytes(0x41, 0x01, 0x0b);
  assertEquals(
    sameButNumbers(code, bytes(0x41, 0x01, 0x0b, 0x0b), () => true),
    false,
  );
  assertEquals(sameButNumbers(code, code, () => false), true);
});
