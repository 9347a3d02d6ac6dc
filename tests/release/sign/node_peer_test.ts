/**
 * sigstore's own client on Node, an implementation that is not ours from the
 * trust root to the exit code, accepts our keyless bundles and refuses their
 * tampered twins. It takes its trust from a TUF repository on 127.0.0.1.
 */

import { assertEquals } from "@std/assert";
import {
  signBlobKeyless,
  signStatementKeyless,
} from "../../../release/sign/keyless.ts";
import { signerOf, type Witness } from "../../stand_in/keyless.ts";
import { IDENTITY, ISSUER, SigstoreStandIn } from "../../stand_in/sigstore.ts";
import { serveTuf } from "../../stand_in/tuf.ts";
import { ARTIFACT, STATEMENT } from "../../verify/attest/keyed_bundle.ts";
import { peerTest } from "../../tool.ts";
import { installNodePeer } from "./node_peer.ts";

const PEER = await installNodePeer();

/** Changes one character of a member, so that it stays base64. */
function twin(bundle: Uint8Array, member: string): Uint8Array {
  const text = new TextDecoder().decode(bundle);
  const changed = text.replace(
    new RegExp(`("${member}": "[^"]{8})(.)`),
    (_, before, char) => `${before}${char === "A" ? "B" : "A"}`,
  );
  assertEquals(changed === text, false, member);
  return new TextEncoder().encode(changed);
}

const WITNESSES: readonly (readonly Witness[])[] = [
  ["rekor1"],
  ["rekor1", "tsa"],
  ["rekor2", "tsa"],
];

for (const witnesses of WITNESSES) {
  peerTest(
    `@sigstore/cli on Node agrees on bundles with ${witnesses.join(", ")}`,
    PEER,
    async (peer) => {
      await using standIn = new SigstoreStandIn();
      await using tuf = serveTuf(standIn.trustedRoot());
      const folder = Deno.makeTempDirSync();
      try {
        const path = (name: string) => `${folder}/${name}`;
        Deno.writeFileSync(path("root.json"), tuf.root);
        Deno.writeFileSync(path("artifact"), ARTIFACT);
        Deno.writeTextFileSync(path("other"), "another artifact\n");
        const verify = async (
          bundle: Uint8Array,
          { artifact = "artifact", identity = IDENTITY, issuer = ISSUER } = {},
        ) => {
          Deno.writeFileSync(path("bundle"), bundle);
          const { success } = await new Deno.Command(peer.node, {
            args: [
              peer.cli,
              "verify",
              path("bundle"),
              "--blob-file",
              path(artifact),
              "--certificate-identity-uri",
              identity,
              "--certificate-issuer",
              issuer,
              "--tuf-mirror-url",
              tuf.url,
              "--tuf-root-path",
              path("root.json"),
              "--tuf-cache-path",
              path("cache"),
            ],
            stdout: "null",
            stderr: "null",
            clearEnv: true,
            env: { HOME: folder },
          }).output();
          return success;
        };
        const signer = signerOf(standIn, witnesses);
        const blob = await signBlobKeyless(ARTIFACT, signer);
        const statement = await signStatementKeyless(STATEMENT, signer);
        assertEquals(await verify(blob), true);
        assertEquals(await verify(statement), true);
        const twins = [
          twin(blob, "signature"),
          twin(blob, "canonicalizedBody"),
          twin(statement, "payload"),
          twin(statement, "sig"),
          twin(statement, "rawBytes"),
        ];
        // The other witnesses change one of these alone.
        const tried = witnesses === WITNESSES[0] ? twins : twins.slice(1, 3);
        for (const [index, bundle] of tried.entries()) {
          assertEquals(await verify(bundle), false, `twin ${index}`);
        }
        if (witnesses !== WITNESSES[0]) return;
        assertEquals(await verify(blob, { artifact: "other" }), false);
        assertEquals(await verify(blob, { identity: `${IDENTITY}0` }), false);
        assertEquals(await verify(blob, { issuer: `${ISSUER}0` }), false);
      } finally {
        Deno.removeSync(folder, { recursive: true });
      }
    },
  );
}
