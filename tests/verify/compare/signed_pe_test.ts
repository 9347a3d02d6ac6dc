import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compareReaders } from "../../../verify/compare/compare_readers.ts";
import type { CompareOptions } from "../../../verify/compare/comparison.ts";
import { relateSignedPe } from "../../../verify/compare/signed_pe.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { goProgram } from "../format/go_program.ts";
import {
  AT,
  Canvas,
  directoryAt,
  image,
  withCertificates,
} from "../format/pe_fixture.ts";
import { pkcs7, signed, withChecksum } from "../format/pe_signing.ts";

function relate(left: Uint8Array, right: Uint8Array) {
  return relateSignedPe(new MemoryReader(left), new MemoryReader(right));
}

/** The reason why the relation fails; fails itself when it holds. */
function reason(left: Uint8Array, right: Uint8Array): string {
  const relation = relate(left, right);
  assertEquals(relation.relation, "none");
  return relation.relation === "none" ? relation.reason : "";
}

/** A copy with one change. */
function edited(bytes: Uint8Array, edit: (canvas: Canvas) => void): Uint8Array {
  const canvas = new Canvas(bytes.length);
  canvas.put(0, bytes);
  edit(canvas);
  return canvas.bytes;
}

Deno.test("relateSignedPe relates both ways and reports the signature", () => {
  for (const wide of [true, false]) {
    const plain = image({ wide });
    const relation = relate(plain, signed(plain, { wide }));
    assertEquals(relation, {
      relation: "right-signed",
      signatures: relation.relation === "none" ? [] : [{
        offset: 0x1000,
        length: relation.signatures[0]?.length ?? 0,
        type: "pkcs7",
        algorithm: "sha256",
        signer: "A Signer",
      }],
      paddingBytes: 0,
      checksum: "recomputed",
      checksumOffset: AT.checksum,
      directoryOffset: directoryAt(wide, 4),
      imageBytes: 0x1000,
    });
    assertEquals(
      relate(signed(plain, { wide }), plain).relation,
      "left-signed",
    );
  }
});

Deno.test("relateSignedPe allows up to seven zeros in front of the table", () => {
  for (let length = 0; length < 9; length++) {
    const plain = image({ overlay: new Uint8Array(length).fill(1) });
    const relation = relate(plain, signed(plain));
    assert(relation.relation === "right-signed");
    assertEquals(relation.paddingBytes, (8 - length % 8) % 8);
  }
  const plain = image({ overlay: new Uint8Array([1]) });
  const hidden = edited(plain, () => {});
  const padded = new Uint8Array(hidden.length + 7);
  padded.set(hidden);
  padded[hidden.length + 3] = 1;
  assertStringIncludes(reason(plain, signed(padded)), "7 zeros");
});

Deno.test("relateSignedPe takes a table of several signatures", () => {
  const relation = relate(
    image(),
    signed(image(), { algorithms: ["sha1", "sha256"] }),
  );
  assert(relation.relation === "right-signed");
  assertEquals(
    relation.signatures.map((one) => [one.offset % 8, one.algorithm]),
    [[0, "sha1"], [0, "sha256"]],
  );
});

Deno.test("relateSignedPe wants exactly one signed file", () => {
  assertStringIncludes(reason(image(), image()), "no files are signed");
  assertStringIncludes(
    reason(signed(image()), signed(image())),
    "both files are signed",
  );
  assertStringIncludes(
    reason(new Uint8Array(100), signed(image())),
    "left file is not a PE image",
  );
  assertStringIncludes(
    reason(signed(image()), new Uint8Array(100)),
    "right file is not a PE image",
  );
});

Deno.test("relateSignedPe wants CheckSum right or untouched", () => {
  const plain = withChecksum(image());
  const relation = relate(plain, signed(plain));
  assert(relation.relation === "right-signed");
  assertEquals(relation.checksum, "recomputed");
  const untouched = relate(plain, signed(plain, { checksum: false }));
  assert(untouched.relation === "right-signed");
  assertEquals(untouched.checksum, "unchanged");
  const wrong = edited(signed(plain), (canvas) => canvas.u32(AT.checksum, 1));
  assertStringIncludes(reason(plain, wrong), "of the signed file is wrong");
  const lying = edited(plain, (canvas) => canvas.u32(AT.checksum, 1));
  assertStringIncludes(
    reason(lying, signed(plain)),
    "of the unsigned file is wrong",
  );
});

Deno.test("relateSignedPe wants a signature over these very bytes", () => {
  const other = new Uint8Array(32).fill(9);
  const foreign = withChecksum(
    withCertificates(image(), true, [pkcs7(other)]),
  );
  assertStringIncludes(reason(image(), foreign), "does not cover");
  const unreadable = withChecksum(
    withCertificates(image(), true, [new Uint8Array(40).fill(1)]),
  );
  assertStringIncludes(reason(image(), unreadable), "cannot be read");
  const typed = edited(
    signed(image()),
    (canvas) => canvas.u16(0x1006, 1),
  );
  assertStringIncludes(reason(image(), withChecksum(typed)), "found type 1");
});

Deno.test("relateSignedPe finds data hidden behind a signature", () => {
  const whole = signed(image());
  const size = whole.length - 0x1000;
  const stuffed = edited(
    withCertificates(image(), true, [
      new Uint8Array([...whole.slice(0x1008), ...new Uint8Array(16)]),
    ]),
    () => {},
  );
  assert(stuffed.length - 0x1000 > size);
  assertStringIncludes(
    reason(image(), withChecksum(stuffed)),
    "does not cover",
  );
  const trailing = new Uint8Array(whole.length + 8);
  trailing.set(whole);
  assertStringIncludes(
    reason(image(), withChecksum(trailing)),
    "is not sound",
  );
});

Deno.test("relateSignedPe finds every flipped byte", () => {
  const plain = image({ overlay: new Uint8Array([5, 6, 7]) });
  const whole = signed(plain);
  let survivors = 0;
  for (let at = 0; at < whole.length; at++) {
    const flipped = edited(whole, (canvas) => {
      canvas.bytes[at] = (canvas.bytes[at] as number) ^ 0x41;
    });
    if (relate(plain, flipped).relation !== "none") survivors++;
  }
  // Of the unsigned file the same bytes are walked; a sample is enough.
  for (let at = 0; at < plain.length; at += 7) {
    const flipped = edited(plain, (canvas) => {
      canvas.bytes[at] = (canvas.bytes[at] as number) ^ 0x41;
    });
    if (relate(flipped, whole).relation !== "none") survivors++;
  }
  assertEquals(survivors, 0);
});

async function compare(
  left: Uint8Array,
  right: Uint8Array,
  options: CompareOptions = {},
) {
  const { verdict, differences } = await compareReaders(
    { label: "left", reader: new MemoryReader(left) },
    { label: "right", reader: new MemoryReader(right) },
    options,
  );
  return { verdict, differences };
}

Deno.test("compareReaders takes a signed image for the unsigned one", async () => {
  const plain = image({ overlay: new Uint8Array([1]) });
  const whole = signed(plain, { signer: "A\x1bSigner" });
  const { verdict, differences } = await compare(plain, whole);
  assertEquals(verdict, "equivalent");
  assertEquals(
    differences.map((one) => [one.path, one.accountedBy, one.cause?.axis]),
    [
      ["pe/optional/checksum", "pe-certificate", "signature"],
      ["pe/directory/certificate", "pe-certificate", "signature"],
      ["pe/certificate", "pe-certificate", "signature"],
    ],
  );
  assertEquals(differences[2]?.left, null);
  assertEquals(
    differences[2]?.right?.value,
    'sha256 signature of "A\\u{1b}Signer"',
  );
  assertEquals((await compare(whole, plain)).verdict, "equivalent");
});

Deno.test("compareReaders wants the normaliser, the bytes and the relation", async () => {
  const plain = image();
  const whole = signed(plain);
  const verdictOf = async (...args: Parameters<typeof compare>) =>
    (await compare(...args)).verdict;
  assertEquals(
    await verdictOf(plain, whole, { normalizers: ["pe-timestamp"] }),
    "different",
  );
  for (const at of [AT.text, AT.coffStamp, 0x1008, whole.length - 1]) {
    const flipped = edited(whole, (canvas) => {
      canvas.bytes[at] = (canvas.bytes[at] as number) ^ 1;
    });
    assertEquals(await verdictOf(plain, flipped), "different");
  }
});

toolTest("relateSignedPe agrees with a signing tool", [
  "go",
  "openssl",
  "osslsigncode",
], async () => {
  const folder = await Deno.makeTempDir();
  const run = async (command: string, args: string[]) => {
    const result = await new Deno.Command(command, { args, cwd: folder })
      .output();
    assert(result.success, new TextDecoder().decode(result.stderr));
  };
  try {
    await run("openssl", [
      ..."req -x509 -newkey rsa:2048 -nodes -days 2 -keyout k -out c".split(
        " ",
      ),
      "-subj",
      "/CN=Tool Signer",
    ]);
    for (const arch of ["amd64", "386"]) {
      const program = await goProgram("windows", arch);
      const odd = new Uint8Array(program.length + 3).fill(1);
      odd.set(program);
      for (const plain of [program, odd]) {
        await Deno.writeFile(`${folder}/plain`, plain);
        const args = "sign -certs c -key k -h sha256 -in plain -out signed";
        await run("osslsigncode", args.split(" "));
        const bytes = await Deno.readFile(`${folder}/signed`);
        await Deno.remove(`${folder}/signed`);
        const relation = relate(plain, bytes);
        assert(
          relation.relation === "right-signed",
          JSON.stringify(relation),
        );
        assertEquals(relation.checksum, "recomputed");
        assertEquals(
          relation.signatures.map((one) => one.signer),
          ["Tool Signer"],
        );
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
