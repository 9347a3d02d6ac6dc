import { assertEquals } from "@std/assert";
import { toolTest } from "../../tool.ts";
import { compareBytes } from "../compare_bytes.ts";
import { paxEntry, seal, tarArchive, tarEntry } from "../tar_fixture.ts";

/** An entry behind a pax header of one record. */
const archive = (records: Record<string, string>) =>
  tarArchive([paxEntry(records), tarEntry({ body: "text" })]);
const verdictOf = async (left: Uint8Array, right: Uint8Array) =>
  (await compareBytes(left, right)).verdict;

Deno.test("compare accounts for times and owners with more digits", async () => {
  const cases: [string, string, string][] = [
    ["mtime", "1", "1234567890.123456789"],
    ["uid", "0", "3000000"],
    ["uname", "a", "somebody else"],
  ];
  for (const [key, one, other] of cases) {
    const [left, right] = [archive({ [key]: one }), archive({ [key]: other })];
    assertEquals(await verdictOf(left, right), "equivalent", key);
    // Names with a slash are labels as well.
    const xattr = { "SCHILY.xattr.user.a/b": "1" };
    assertEquals(
      await verdictOf(
        archive({ [key]: one, ...xattr }),
        archive({ [key]: other, ...xattr }),
      ),
      "equivalent",
      key,
    );
  }
});

Deno.test("compare excuses nothing behind the records of a pax header", async () => {
  const left = archive({ mtime: "1" });
  const right = archive({ mtime: "1234567890.5" });
  const hidden = right.slice();
  hidden[512 + 511] = 1;
  assertEquals(await verdictOf(left, hidden), "different");
  const larger = right.slice();
  larger.set(new TextEncoder().encode("00000000200\0"), 124);
  seal(larger.subarray(0, 512));
  assertEquals(await verdictOf(left, larger), "different");
});

toolTest("compare accounts for fractions of seconds of GNU tar", [
  "tar",
], async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/file`, "text");
    const pack = async (time: string) => {
      const { success, stdout } = await new Deno.Command("tar", {
        args: [
          "--format=pax",
          `--mtime=@${time}`,
          "--pax-option=delete=atime,delete=ctime",
          "-c",
          "file",
        ],
        cwd: folder,
      }).output();
      assertEquals(success, true);
      return stdout;
    };
    assertEquals(
      await verdictOf(
        await pack("1700000000.5"),
        await pack("1700000001.123456789"),
      ),
      "equivalent",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
