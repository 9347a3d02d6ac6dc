import { assertEquals } from "@std/assert";
import { compareBytes } from "../compare_bytes.ts";
import { archive } from "../format/ar_fixture.ts";
import { zipArchive } from "../format/zip_fixture.ts";

const zip = (...names: string[]) =>
  zipArchive({ entries: names.map((name) => ({ name, contents: name })) });
const ar = (...names: string[]) =>
  archive(names.map((name) => ({ name: `${name}/`, contents: name })));

Deno.test("an entry on one side only is one difference", async () => {
  for (const [format, make] of Object.entries({ zip, ar })) {
    const [both, less] = [make("a", "b", "c"), make("a", "c")];
    for (const [left, right] of [[both, less], [less, both]] as const) {
      const { verdict, differences } = await compareBytes(left, right);
      assertEquals(verdict, "different");
      assertEquals(
        differences.filter(({ path }) => path.startsWith(`${format}/b`))
          .map(({ code, path }) => [code, path]),
        [["entry-missing", `${format}/b`]],
      );
    }
  }
});

Deno.test("a part of an entry on one side only is a difference of its own", async () => {
  // An entry named like a part of another.
  const { differences } = await compareBytes(
    zip("a", "a/local/name"),
    zip("a"),
  );
  assertEquals(
    differences.filter(({ code }) => code === "entry-missing")
      .map(({ path }) => path),
    ["zip/a/local/name"],
  );
  const front = await compareBytes(zip("mimetype", "a"), zip("a", "mimetype"));
  assertEquals(
    front.differences.filter(({ accountedBy }) => accountedBy === null)
      .map(({ code, path }) => [code, path]),
    [["field-missing", "zip/mimetype/in-front"]],
  );
});
