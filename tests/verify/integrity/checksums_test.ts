import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ReproofError } from "../../../verify/error.ts";
import {
  compareBytes,
  formatChecksums,
  parseChecksums,
} from "../../../verify/integrity/checksums.ts";
import { printSeed } from "../../seed.ts";
import { toolTest } from "../../tool.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const A = "a".repeat(64);
const B = "b".repeat(64);

function refused(text: string | Uint8Array, part: string): void {
  const bytes = typeof text === "string" ? encode(text) : text;
  assertThrows(() => parseChecksums(bytes), ReproofError, part);
}

Deno.test("parseChecksums() accepts the canonical form alone", () => {
  assertEquals(parseChecksums(encode(`${A}  a\n${B}  b/c.txt\n`)), [
    { sha256: A, path: "a" },
    { sha256: B, path: "b/c.txt" },
  ]);
  refused("", "empty list");
  refused(`${A}  a`, "final line feed");
  refused(`${A}  a\r\n`, "two spaces");
  refused(`\ufeff${A}  a\n`, "byte order mark");
  refused(`${A} a\n`, "two spaces");
  refused(`${A} *a\n`, "two spaces");
  refused(`${A}  *a\n`, "characters");
  refused(`${A.toUpperCase()}  a\n`, "hexadecimal");
  refused(`${A.slice(1)}  a\n`, "hexadecimal");
  refused(`# comment\n${A}  a\n`, "hexadecimal");
  refused(`${A}  a\n\n${B}  b\n`, "hexadecimal");
  refused(`SHA256 (a) = ${A}\n`, "hexadecimal");
  refused(`\\${A}  a\\nb\n`, "hexadecimal");
  refused(encode(`${A}  a\n`).fill(0xff, 66, 67), "UTF-8");
});

Deno.test("parseChecksums() refuses names that lead elsewhere", () => {
  for (
    const name of [
      "../x",
      "-",
      "-rf",
      "/etc/hostname",
      "a/../b",
      "./a",
      "a//b",
      "a\\b",
      "a ",
      " a",
      "a.",
      "con",
      "NUL.txt",
      "com1.log",
      "a:b",
      "a\u202eb",
      "a\u0000b",
    ]
  ) {
    refused(`${A}  ${name}\n`, "plain relative name");
  }
});

Deno.test("parseChecksums() refuses duplicates, disorder and aliases", () => {
  refused(`${A}  a\n${A}  a\n`, '"a" twice');
  refused(`${A}  b\n${A}  a\n`, "bytewise order");
  refused(`${A}  A\n${A}  a\n`, "differ on every system");
  refused(`${A}  cafe\u0301\n${A}  caf\u00e9\n`, "differ on every system");
});

Deno.test("formatChecksums() writes what parseChecksums() reads", () => {
  const name = fc.stringMatching(/^[a-z0-9_]{1,8}(?:\/[a-z0-9_]{1,8}){0,2}$/)
    .filter((path) =>
      !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(path) &&
      !path.split("/").some((part) =>
        /^(con|prn|aux|nul|com\d|lpt\d)$/.test(part)
      )
    );
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 30 }),
      (paths) => {
        const entries = paths.map((path) => ({ sha256: A, path }));
        const sorted = entries.toSorted((a, b) => compareBytes(a.path, b.path));
        assertEquals(parseChecksums(encode(formatChecksums(entries))), sorted);
      },
    ),
    { seed: printSeed("checksum lists") },
  );
});

toolTest("sha256sum -c --strict reads what formatChecksums() writes", [
  "sha256sum",
], async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/b`);
    await Deno.writeTextFile(`${directory}/a`, "");
    await Deno.writeTextFile(`${directory}/b/ü.txt`, "");
    const empty =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    await Deno.writeTextFile(
      `${directory}/SHA256SUMS`,
      formatChecksums([
        { sha256: empty, path: "b/ü.txt" },
        { sha256: empty, path: "a" },
      ]),
    );
    const { code } = await new Deno.Command("sha256sum", {
      args: ["-c", "--strict", "--quiet", "SHA256SUMS"],
      cwd: directory,
    }).output();
    assertEquals(code, 0);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
