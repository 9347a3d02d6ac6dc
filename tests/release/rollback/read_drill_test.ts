import { assertEquals } from "@std/assert";
import { keyGateSigner } from "../../../release/gate/gate_signer.ts";
import { readDrill } from "../../../release/rollback/read_drill.ts";
import { loadSigningKey } from "../../../release/sign/signing_key.ts";
import {
  makeStatement,
  PREDICATE_TYPE,
} from "../../../verify/attest/statement.ts";
import type { Json } from "../../../verify/strict_json.ts";
import { Workplace } from "../project.ts";

const NOW = new Date("2026-06-01T12:00:00Z");
const LIST = { name: "SHA256SUMS", digest: { sha256: "a".repeat(64) } };
const DRILL: Record<string, Json> = {
  schemaVersion: 1,
  project: "tool",
  version: "1.0.0",
  performedAt: "2026-05-30T12:00:00.000Z",
  previous: [],
  fallback: null,
};

Deno.test("readDrill() believes the statement of a trusted signer, and no other", async () => {
  using place = new Workplace();
  using other = new Workplace();
  const signerOf = (from: Workplace) =>
    keyGateSigner(loadSigningKey(from.key, undefined));
  const signer = signerOf(place);
  const sign = (
    predicate: Record<string, Json> = DRILL,
    { by = signer, subject = [LIST], type = PREDICATE_TYPE.rollbackDrill } = {},
  ) => by.statement(makeStatement(subject, type as string, { predicate }));
  const read = (bytes: Uint8Array | null) =>
    readDrill(bytes, {
      trust: signer.trust,
      deny: [],
      now: NOW,
      decidedAt: NOW,
      targets: ["any"],
    });
  const good = await sign();
  const found = read(good);
  assertEquals(
    found.kind === "drill" && [found.listSha256, found.drill.version],
    [LIST.digest.sha256, "1.0.0"],
  );
  assertEquals(read(null), { kind: "missing" });
  const text = new TextDecoder().decode(good);
  const forged = text.replace(
    /"payload": "[^"]*"/,
    `"payload": "${
      btoa(JSON.stringify({
        ...makeStatement([LIST], PREDICATE_TYPE.rollbackDrill, {
          predicate: { ...DRILL, performedAt: "2026-06-01T00:00:00.000Z" },
        }),
      }))
    }"`,
  );
  const invalid = {
    "a forged date": new TextEncoder().encode(forged),
    "no bundle": new TextEncoder().encode(JSON.stringify(DRILL)),
    "no JSON": new Uint8Array([1, 2, 3]),
    "another signer": await sign(DRILL, { by: signerOf(other) }),
    "another kind": await sign(DRILL, {
      type: PREDICATE_TYPE.provenance as never,
    }),
    "another subject": await sign(DRILL, {
      subject: [{ ...LIST, name: "other" }],
    }),
    "two subjects": await sign(DRILL, {
      subject: [LIST, { ...LIST, name: "other" }],
    }),
    "no date": await sign({ ...DRILL, performedAt: "yesterday" }),
    "one member more": await sign({ ...DRILL, more: 1 }),
    "no trials": await sign({ ...DRILL, previous: "fine" }),
  };
  for (const [why, bytes] of Object.entries(invalid)) {
    assertEquals(read(bytes).kind, "invalid", why);
  }
});
