/**
 * Verification needs to read, and nothing else: no environment, no network, no
 * system information, no writing.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { ARTIFACT, DSSE_BUNDLE, KEY } from "./keyed_bundle.ts";

const MAIN = fromFileUrl(new URL("../../../mod.ts", import.meta.url));

Deno.test("a bundle is verified with reading as the only permission", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = (name: string) => `${folder}/${name}`;
    Deno.writeFileSync(path("artifact"), ARTIFACT);
    Deno.writeFileSync(path("a.sigstore.json"), DSSE_BUNDLE);
    Deno.writeTextFileSync(
      path("key.pub"),
      KEY.publicKey.object.export({ type: "spki", format: "pem" }).toString(),
    );
    const run = async (artifact: string) => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-prompt",
          "--cached-only",
          "--allow-read",
          MAIN,
          "attest",
          "verify",
          path("a.sigstore.json"),
          "--artifact",
          path(artifact),
          "--key",
          path("key.pub"),
        ],
        stdout: "null",
        stderr: "piped",
      }).output();
      return { code, stderr: new TextDecoder().decode(stderr) };
    };
    assertEquals(await run("artifact"), { code: 0, stderr: "" });
    Deno.writeTextFileSync(path("other"), "another artifact\n");
    assertEquals(await run("other"), { code: 1, stderr: "" });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
