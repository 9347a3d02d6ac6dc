/**
 * Addresses in instructions of 64-bit Arm (Arm Architecture Reference Manual,
 * chapter C4 "A64 Instruction Set Encoding"): branches and literals count from
 * themselves; `ADRP` names a page, and the `ADD`, load or store behind it the
 * place in the page. Such a pair is told as one, because either half alone says
 * too little.
 *
 * @module
 */

/** Instructions between the two of a pair that are looked through. */
const PAIR_DISTANCE_MAX = 16;
const PAGE_BYTES = 4096;

/** Reads the instruction at an offset, or undefined outside of the code. */
export type ReadInstruction = (offset: number) => number | undefined;

/** Code with the address of its first byte. */
export interface Code {
  readonly instruction: ReadInstruction;
  readonly address: number;
}

/**
 * The address that the instruction at an offset leads to, alone or with the
 * other half of its pair; undefined when it holds none.
 */
export function arm64Target(code: Code, offset: number): number | undefined {
  const word = code.instruction(offset);
  if (word === undefined) return undefined;
  const place = code.address + offset;
  // B and BL: 26 bits; B.cond, CBZ, literals: 19; TBZ: 14, in words.
  if ((word & 0x7c000000) >>> 0 === 0x14000000) {
    return place + 4 * signed(word, 0, 26);
  }
  if (
    (word & 0xff000010) >>> 0 === 0x54000000 ||
    (word & 0x7e000000) >>> 0 === 0x34000000 ||
    (word & 0x3b000000) >>> 0 === 0x18000000
  ) return place + 4 * signed(word, 5, 19);
  if ((word & 0x7e000000) >>> 0 === 0x36000000) {
    return place + 4 * signed(word, 5, 14);
  }
  if (isAdr(word)) return place + pageImmediate(word);
  if (isAdrp(word)) {
    const register = word & 0x1f;
    for (let next = 1; next <= PAIR_DISTANCE_MAX; next++) {
      const low = lowPart(code.instruction(offset + 4 * next), register);
      if (low !== undefined) return pageOf(place, word) + low;
    }
    return undefined;
  }
  const low = lowPart(word, (word >>> 5) & 0x1f);
  if (low === undefined) return undefined;
  for (let before = 1; before <= PAIR_DISTANCE_MAX; before++) {
    const page = code.instruction(offset - 4 * before);
    if (
      page !== undefined && isAdrp(page) &&
      (page & 0x1f) === (word >>> 5 & 0x1f)
    ) return pageOf(place - 4 * before, page) + low;
  }
  return undefined;
}

/** The bits of an instruction that hold a number; the others must be equal. */
export function arm64NumberBits(word: number): number {
  if ((word & 0x7c000000) >>> 0 === 0x14000000) return 0x03ffffff;
  if (isAdr(word) || isAdrp(word)) return 0x60ffffe0;
  if ((word & 0x7e000000) >>> 0 === 0x36000000) return 0x0007ffe0;
  return lowPart(word, (word >>> 5) & 0x1f) === undefined
    ? 0x00ffffe0
    : 0x003ffc00;
}

function isAdr(word: number): boolean {
  return (word & 0x9f000000) >>> 0 === 0x10000000;
}

function isAdrp(word: number): boolean {
  return (word & 0x9f000000) >>> 0 === 0x90000000;
}

function pageOf(place: number, word: number): number {
  return place - place % PAGE_BYTES + PAGE_BYTES * pageImmediate(word);
}

function pageImmediate(word: number): number {
  return signed(word, 5, 19) * 4 + (word >>> 29 & 3);
}

/** The place in a page of an ADD, load or store that counts from a register. */
function lowPart(
  word: number | undefined,
  register: number,
): number | undefined {
  if (word === undefined || (word >>> 5 & 0x1f) !== register) return undefined;
  const immediate = word >>> 10 & 0xfff;
  // ADD of 64 bits without a shift.
  if ((word & 0xffc00000) >>> 0 === 0x91000000) return immediate;
  // Load or store, unsigned immediate, scaled by the size of what is loaded.
  if ((word & 0x3b000000) >>> 0 !== 0x39000000) return undefined;
  const isVector = (word & 0x04800000) >>> 0 === 0x04800000;
  return immediate << (isVector && word >>> 30 === 0 ? 4 : word >>> 30);
}

function signed(word: number, from: number, bits: number): number {
  return (word >>> from) << (32 - bits) >> (32 - bits);
}
