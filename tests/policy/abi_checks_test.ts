import { assertEquals } from "@std/assert";
import { abiChecks } from "../../policy/abi_checks.ts";
import { abiFacts } from "../../verify/abi/facts.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { fat, smallMacho } from "../verify/format/macho_fixture.ts";
import { image } from "../verify/format/pe_fixture.ts";
import { makePolicy } from "./make.ts";

type Abi = Parameters<typeof abiChecks>[0][number]["abi"];

function outcomes(abi: Abi, offer: Record<string, unknown>, first = true) {
  const policy = makePolicy({ abi: { targets: { "linux-x64": offer } } });
  return abiChecks(
    [{ target: "linux-x64", name: "tool", first, abi }],
    policy,
  ).map(({ code, status }) => `${code} ${status}`);
}

const ELF: Abi = {
  kind: "elf",
  interpreter: "/lib64/ld-linux-x86-64.so.2",
  libraries: ["libc.so.6"],
  versions: { GLIBC: "2.31" },
  others: [],
};
const LOADERS = ["/lib64/ld-linux-x86-64.so.2"];

Deno.test("abiChecks() asks nothing of a policy without the gate", () => {
  const artifact = { target: "linux-x64", name: "tool", first: true, abi: ELF };
  assertEquals(abiChecks([artifact], makePolicy()), []);
});

Deno.test("abiChecks() accepts what is offered and refuses one version more", () => {
  assertEquals(
    outcomes(ELF, { loaders: LOADERS, symbols: { GLIBC: "2.31" } }),
    [
      "abi-loader pass",
      "abi-symbols pass",
    ],
  );
  assertEquals(
    outcomes(ELF, { loaders: LOADERS, symbols: { GLIBC: "2.30" } }),
    [
      "abi-loader pass",
      "abi-symbols fail",
    ],
  );
});

Deno.test("abiChecks() refuses symbols and loaders that nobody offers", () => {
  assertEquals(outcomes(ELF, { loaders: [], symbols: { GLIBC: "2.31" } }), [
    "abi-loader fail",
    "abi-symbols pass",
  ]);
  assertEquals(outcomes(ELF, { loaders: LOADERS }), [
    "abi-loader pass",
    "abi-symbols fail",
  ]);
  assertEquals(
    outcomes({ ...ELF, others: ["GLIBC_PRIVATE"] }, {
      loaders: LOADERS,
      symbols: { GLIBC: "2.31" },
    }),
    ["abi-loader pass", "abi-symbols pass", "abi-symbols fail"],
  );
});

Deno.test("abiChecks() leaves unchecked what is not known", () => {
  assertEquals(outcomes(ELF, { symbols: { GLIBC: "2.31" } }), [
    "abi-loader unchecked",
    "abi-symbols pass",
  ]);
  assertEquals(outcomes(undefined, {}), ["abi-unknown unchecked"]);
  assertEquals(outcomes(null, {}), ["abi-unknown unchecked"]);
  assertEquals(outcomes(null, {}, false), ["abi-unknown not-applicable"]);
  assertEquals(outcomes({ kind: "unreadable", reason: "x" }, {}), [
    "abi-unknown unchecked",
  ]);
  const none = makePolicy({ abi: { targets: {} } });
  assertEquals(
    abiChecks([{ target: "linux-x64", name: "t", first: true, abi: ELF }], none)
      .map(({ status }) => status),
    ["unchecked"],
  );
});

Deno.test("abiChecks() holds Mach-O and PE headers against the lowest system", () => {
  const pe = image();
  const start = new DataView(pe.buffer).getUint32(0x3c, true);
  new DataView(pe.buffer).setUint16(start + 24 + 48, 10, true);
  new DataView(pe.buffer).setUint16(start + 24 + 50, 0, true);
  new DataView(pe.buffer).setUint16(start + 24 + 68, 3, true);
  const windows = abiFacts(new MemoryReader(pe));
  assertEquals(windows, { kind: "system", system: "windows", version: "10.0" });
  assertEquals(outcomes(windows, { windows: "10.0" }), ["abi-system pass"]);
  assertEquals(outcomes(windows, { windows: "6.3" }), ["abi-system fail"]);
  assertEquals(outcomes(windows, { macos: "11" }), ["abi-system unchecked"]);
});

Deno.test("abiFacts() takes the slice of a universal file that asks for most", () => {
  const of = (version: number) => withBuildVersion(smallMacho(), version);
  const [low, high] = [of(0x000b0000), of(0x000c0100)];
  const facts = abiFacts(
    new MemoryReader(fat([[0x01000007, low], [0x0100000c, high]])),
  );
  assertEquals(facts, { kind: "system", system: "macos", version: "12.1.0" });
  assertEquals(outcomes(facts, { macos: "12.1" }), ["abi-system pass"]);
  assertEquals(outcomes(facts, { macos: "12.0" }), ["abi-system fail"]);
  assertEquals(outcomes(facts, { windows: "12.1" }), ["abi-system unchecked"]);
  assertEquals(
    abiFacts(
      new MemoryReader(fat([[0x01000007, low], [0x0100000c, smallMacho()]])),
    )?.kind,
    "unreadable",
  );
});

/** Appends an LC_BUILD_VERSION for macOS to the load commands. */
function withBuildVersion(file: Uint8Array, version: number): Uint8Array {
  const view = new DataView(file.buffer);
  const size = view.getUint32(20, true);
  const at = 32 + size;
  view.setUint32(16, view.getUint32(16, true) + 1, true);
  view.setUint32(20, size + 24, true);
  [0x32, 24, 1, version, version, 0].forEach((word, index) =>
    view.setUint32(at + 4 * index, word, true)
  );
  return file;
}

Deno.test("abiChecks() holds needed libraries against those that are offered", () => {
  const offer = { loaders: LOADERS, symbols: { GLIBC: "2.31" } };
  const rest = ["abi-loader pass", "abi-symbols pass"];
  assertEquals(outcomes(ELF, { ...offer, libraries: ["libc.so.6"] }), [
    "abi-library pass",
    ...rest,
  ]);
  assertEquals(outcomes(ELF, { ...offer, libraries: [] }), [
    "abi-library fail",
    ...rest,
  ]);
});

Deno.test("abiChecks() holds an artifact against what its images offer", () => {
  const policy = makePolicy({
    abi: { targets: { "linux-x64": { image: true } } },
  });
  const judge = (images: Parameters<typeof abiChecks>[0][number]["images"]) =>
    abiChecks([{
      ...{ target: "linux-x64", name: "tool", first: true, abi: ELF },
      ...(images === undefined ? {} : { images }),
    }], policy).map(({ code, status }) => `${code} ${status}`);
  const offer = {
    loader: LOADERS[0] ?? "",
    missing: [],
    unread: [],
    versions: { GLIBC: "2.31" },
  };
  const good = ["abi-library pass", "abi-loader pass", "abi-symbols pass"];
  assertEquals(judge([offer]), good);
  assertEquals(judge([]), ["abi-unknown unchecked"]);
  assertEquals(judge(undefined), ["abi-unknown unchecked"]);
  assertEquals(judge([{ ...offer, loader: null }]).slice(1), [
    "abi-loader fail",
    "abi-symbols pass",
  ]);
  assertEquals(
    judge([{ ...offer, missing: ["libc.so.6"] }])[0],
    [
      "abi-library fail",
    ][0],
  );
  assertEquals(judge([{ ...offer, versions: { GLIBC: "2.30" } }]).slice(2), [
    "abi-symbols fail",
  ]);
  assertEquals(judge([{ ...offer, versions: {} }]).slice(2), [
    "abi-symbols fail",
  ]);
  // What was not read may need what is not there, and have what is needed.
  const part = { ...offer, unread: ["libx.so"] };
  const unknown = "abi-unknown unchecked";
  assertEquals(judge([part]), [unknown, ...good.slice(1)]);
  assertEquals(judge([{ ...part, versions: {} }]), [
    unknown,
    "abi-loader pass",
    unknown,
  ]);
  assertEquals(
    judge([{ ...part, missing: ["libc.so.6"] }])[0],
    "abi-library fail",
  );
  // Nor is an image passed by in which the artifact could not be read.
  assertEquals(judge([null]), [unknown]);
  assertEquals(judge([offer, null]), [...good, unknown]);
  // The second image is no less asked than the first.
  assertEquals(judge([offer, { ...offer, loader: null }]).slice(3), [
    "abi-library pass",
    "abi-loader fail",
    "abi-symbols pass",
  ]);
});
