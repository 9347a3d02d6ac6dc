import { assertEquals } from "@std/assert";
import { elf } from "../../../verify/format/elf.ts";
import { macho } from "../../../verify/format/macho.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { compareBytes } from "../compare_bytes.ts";
import { smallElf } from "../elf_fixture.ts";
import { bytesOf } from "./damage.ts";
import { smallMacho } from "./macho_fixture.ts";
import { sound } from "./damage.ts";

const BUN = "\n---- Bun! ----\n";
const eight = "12345678";

/** Ends of payloads, and what they are taken for. */
const PAYLOADS: [string, string][] = [
  [`code${BUN}`, "payload-bun"],
  [`code${BUN}${eight}`, "payload-bun"],
  [`code${BUN}${eight}1`, "trailing"],
  [`eszip d3n0l4nd${eight}${eight}`, "payload-deno"],
  [`eszip d3n0l4nd${eight.repeat(4)}`, "payload-deno"],
  [`eszip d3n0l4nd${eight}`, "trailing"],
  ["ko~Module signature appended~\n", "payload-module-signature"],
  ["anything else", "trailing"],
];

Deno.test("payloads behind the last part are named by how they end", () => {
  for (const [payload, name] of PAYLOADS) {
    for (const is64 of [true, false]) {
      const bytes = smallElf({
        is64,
        littleEndian: true,
        payload: bytesOf(payload),
      });
      assertEquals(sound(elf, bytes).fields.at(-1)?.path, `elf/${name}`);
    }
    const bytes = smallMacho({ payload });
    assertEquals(sound(macho, bytes).fields.at(-1)?.path, `macho/${name}`);
  }
});

Deno.test("a payload in a note is named by the note's owner", async () => {
  const noted = (description: number) => {
    const bytes = smallElf({
      is64: true,
      littleEndian: true,
      buildId: new Uint8Array(20).fill(description),
    });
    const at = new TextDecoder("latin1").decode(bytes).indexOf("GNU\0");
    bytes.set(bytesOf("SUI\0"), at);
    return bytes;
  };
  const { verdict, differences } = await compareBytes(noted(1), noted(2));
  assertEquals(verdict, "different");
  assertEquals(
    differences.map(({ path, cause }) => [path, cause?.construct]),
    [[
      "elf/.note.gnu.build-id/payload-deno",
      "payload of deno compile",
    ]],
  );
});

toolTest("a section over the program headers shares no bytes with them", [
  "gcc",
], async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.c`, "int main(void) { return 0; }\n");
    const { success } = await new Deno.Command("gcc", {
      args: ["-o", `${folder}/a`, `${folder}/a.c`],
    }).output();
    assertEquals(success, true);
    const bytes = await Deno.readFile(`${folder}/a`);
    const view = new DataView(bytes.buffer);
    const table = view.getBigUint64(32, true);
    const length = BigInt(view.getUint16(54, true) * view.getUint16(56, true));
    // The last section but one of those that name nothing loaded: .comment.
    const layout = elf.layout(new MemoryReader(bytes));
    const header = layout.fields.find(({ path }) =>
      path === "elf/section-headers/.comment"
    );
    const at = header?.offset ?? 0;
    view.setBigUint64(at + 24, table, true);
    view.setBigUint64(at + 32, length, true);
    assertEquals(sound(elf, bytes).problems, []);
    // One that begins elsewhere is a defect.
    view.setBigUint64(at + 24, table + 8n, true);
    assertEquals(
      elf.layout(new MemoryReader(bytes)).problems.some(({ code }) =>
        code === "layout-overlap"
      ),
      true,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
