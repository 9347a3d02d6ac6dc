/**
 * Verification needs to read, and nothing else: no environment, no network, no
 * system information, no writing. A keyless bundle is no exception: what
 * Fulcio, logs and clocks said is in it, and whom to believe is in a file.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { signStatementKeyless } from "../../../release/sign/keyless.ts";
import { signerOf } from "../../stand_in/keyless.ts";
import { IDENTITY, ISSUER, SigstoreStandIn } from "../../stand_in/sigstore.ts";
import { toolTest } from "../../tool.ts";
import { ARTIFACT, DSSE_BUNDLE, KEY, STATEMENT } from "./keyed_bundle.ts";

const MAIN = fromFileUrl(new URL("../../../mod.ts", import.meta.url));

/** A folder with an artifact, another one, and a bundle about the first. */
async function withBundle(
  bundle: Uint8Array,
  fn: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  const path = (name: string) => `${folder}/${name}`;
  try {
    Deno.writeFileSync(path("artifact"), ARTIFACT);
    Deno.writeTextFileSync(path("other"), "another artifact\n");
    Deno.writeFileSync(path("a.sigstore.json"), bundle);
    await fn(path);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Verifies with reading alone, behind whatever stands before. */
async function verify(
  [bundle, ...args]: readonly string[],
  before: readonly string[] = [],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [program = "", ...rest] = [
    ...before,
    ...[Deno.execPath(), "run", "--no-prompt", "--cached-only"],
    ...["--allow-read", MAIN, "attest", "verify", bundle ?? "", ...args],
  ];
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: rest,
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

Deno.test("a bundle is verified with reading as the only permission", async () => {
  await withBundle(DSSE_BUNDLE, async (path) => {
    Deno.writeTextFileSync(
      path("key.pub"),
      KEY.publicKey.object.export({ type: "spki", format: "pem" }).toString(),
    );
    for (const [artifact, exit] of [["artifact", 0], ["other", 1]] as const) {
      const { code, stderr } = await verify([
        ...[path("a.sigstore.json"), "--artifact", path(artifact)],
        ...["--key", path("key.pub")],
      ]);
      assertEquals({ code, stderr }, { code: exit, stderr: "" });
    }
  });
});

toolTest(
  "a keyless bundle is verified without a network, with the same bytes of output",
  ["bwrap"],
  async () => {
    await using standIn = new SigstoreStandIn();
    const bundle = await signStatementKeyless(
      STATEMENT,
      signerOf(standIn, ["rekor1", "rekor2", "tsa"]),
    );
    await withBundle(bundle, async (path) => {
      Deno.writeFileSync(path("root.json"), standIn.trustedRoot());
      for (const [artifact, exit] of [["artifact", 0], ["other", 1]] as const) {
        const args = [
          ...[path("a.sigstore.json"), "--artifact", path(artifact)],
          ...["--trusted-root", path("root.json"), "--identity", IDENTITY],
          ...["--issuer", ISSUER, "--now", standIn.now.toISOString()],
        ];
        const online = await verify(args);
        assertEquals([online.code, online.stderr], [exit, ""], online.stdout);
        const sealed = "bwrap --ro-bind / / --dev /dev --proc /proc" +
          " --unshare-all";
        assertEquals(await verify(args, sealed.split(" ")), online);
      }
    });
  },
);
