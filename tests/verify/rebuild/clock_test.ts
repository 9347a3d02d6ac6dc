import { assertEquals } from "@std/assert";
import { clockOf } from "../../../verify/rebuild/clock.ts";
import { toolTest } from "../../tool.ts";

function written(bytes: Uint8Array): string {
  const path = Deno.makeTempFileSync({ prefix: "reproof-test-" });
  Deno.writeFileSync(path, bytes);
  return path;
}

/** An ELF header with one program header of a type (ELF-64, 2 and 5). */
function elf(type: number): Uint8Array {
  const bytes = new Uint8Array(64 + 56);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, type, true);
  return bytes;
}

Deno.test("clockOf tells static, dynamic and hanging programs apart", () => {
  const text = new TextEncoder();
  const split = new Uint8Array((1 << 20) + 20);
  split.set(elf(3));
  split.set(text.encode("<jemalloc>"), (1 << 20) - 5);
  for (
    const [bytes, clock] of [
      [elf(1), "static"],
      [elf(3), "shifted"],
      [split, "hangs"],
      [text.encode("#!/bin/sh\n"), "shifted"],
      [new Uint8Array(), "shifted"],
      [elf(3).subarray(0, 70), "shifted"],
    ] as const
  ) {
    const path = written(bytes);
    assertEquals(clockOf(path), clock);
    Deno.removeSync(path);
  }
});

toolTest("clockOf finds Go's tool static", ["go"], () => {
  const path = (Deno.env.get("PATH") ?? "").split(":")
    .map((folder) => `${folder}/go`)
    .find((path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        return false;
      }
    }) ?? "";
  assertEquals(clockOf(Deno.realPathSync(path)), "static");
});
