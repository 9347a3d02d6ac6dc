import { assertEquals, assertThrows } from "@std/assert";
import { parseTrustedRoot } from "../../../verify/attest/trusted_root.ts";
import { sha256 } from "../../../verify/digest.ts";
import { ReproofError } from "../../../verify/error.ts";
import { SigstoreStandIn } from "../../stand_in/sigstore.ts";
import { bytesOf } from "./keyed_bundle.ts";

async function rootFile(): Promise<Uint8Array> {
  await using standIn = new SigstoreStandIn();
  return standIn.trustedRoot();
}

Deno.test("a trusted root is named by the digest of its file", async () => {
  const bytes = await rootFile();
  const root = parseTrustedRoot(bytes, "root");
  assertEquals(root.sha256, sha256(bytes));
  assertEquals(root.leftOut, []);
  assertEquals(root.root.tlogs.length, 2);
});

Deno.test("an authority without a validity start is left out, and named", async () => {
  const document = JSON.parse(new TextDecoder().decode(await rootFile()));
  delete document.tlogs[0].publicKey.validFor;
  document.ctlogs[0].publicKey.validFor = {};
  document.certificateAuthorities[0].validFor = { end: "2030-01-01T00:00:00Z" };
  delete document.timestampAuthorities[1].validFor.start;
  const root = parseTrustedRoot(bytesOf(JSON.stringify(document)), "root");
  assertEquals(root.leftOut, [
    "https://rekor1.example",
    "https://ct.example",
    "https://fulcio.example",
    "https://tsa2.example",
  ]);
  assertEquals(
    [
      root.root.tlogs,
      root.root.ctlogs,
      root.root.certificateAuthorities,
      root.root.timestampAuthorities,
    ].map((list) => list.length),
    [1, 0, 0, 1],
  );
});

Deno.test("what is not a trusted root is refused", async () => {
  const text = new TextDecoder().decode(await rootFile());
  const cases: Readonly<Record<string, string>> = {
    "": "trusted-root-invalid",
    "[]": "trusted-root-invalid",
    "{}": "trusted-root-invalid",
    "null": "trusted-root-invalid",
    [text.replace("version=0.1", "version=9.9")]: "trusted-root-invalid",
    [text.replace('"mediaType"', '"mediaType":"x","mediaType"')]:
      "trusted-root-invalid",
  };
  for (const [source, code] of Object.entries(cases)) {
    const error = assertThrows(
      () => parseTrustedRoot(bytesOf(source), "root"),
      ReproofError,
    );
    assertEquals(error.code, code, source.slice(0, 60));
  }
});
