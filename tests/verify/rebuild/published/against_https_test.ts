/**
 * `--against https://…` through a server with a certificate of its own on the
 * loopback, in a process that trusts that certificate alone for it.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { sha256 } from "../../../../verify/digest.ts";
import { runProgram } from "../../../cli/program.ts";
import { toolTest } from "../../../tool.ts";
import { makeProject } from "../project.ts";

const BYTES: Readonly<Record<string, string>> = {
  "/same": "made\n",
  "/other": "Made\n",
};

/** A self-signed certificate for the loopback. */
async function makeCertificate(folder: string) {
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt"],
      ...["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", "/CN=127.0.0.1", "-addext"],
      ...["subjectAltName=IP:127.0.0.1", "-addext"],
      ...["basicConstraints=critical,CA:FALSE", "-keyout", "key", "-out"],
      "cert",
    ],
    cwd: folder,
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return {
    key: Deno.readTextFileSync(`${folder}/key`),
    cert: Deno.readTextFileSync(`${folder}/cert`),
  };
}

/** Rebuilds against a path of the server. */
async function against(
  path: string,
  options: { readonly digest?: string; readonly trusted?: boolean } = {},
) {
  const { digest = sha256(new TextEncoder().encode(BYTES[path] ?? "")) } =
    options;
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    await using server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
      ...await makeCertificate(folder),
    }, (request) => {
      const bytes = BYTES[new URL(request.url).pathname];
      return new Response(bytes ?? "none", { status: bytes ? 200 : 404 });
    });
    await using project = await makeProject();
    return await runProgram([
      ...["rebuild", project.path, "--quiet", "--isolation", "none"],
      "--against",
      `https://127.0.0.1:${server.addr.port}${path}#sha256=${digest}`,
    ], {
      NO_PROXY: "127.0.0.1",
      ...(options.trusted === false ? {} : { DENO_CERT: `${folder}/cert` }),
    });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

toolTest(
  "against https finds published bytes that are ours",
  ["openssl"],
  async () => {
    const { stdout, stderr } = await against("/same");
    assertStringIncludes(
      stdout,
      "1 of 1 artifacts identical, and what was published",
      stderr,
    );
  },
);

toolTest(
  "against https fails published bytes that are another's",
  ["openssl"],
  async () => {
    const { code, stdout } = await against("/other");
    assertEquals(code, 1);
    assertStringIncludes(
      stdout,
      "1 of 1 artifacts identical, but NOT what was published",
    );
  },
);

for (
  const [what, path, options, found] of [
    [
      "another digest",
      "/same",
      { digest: "0".repeat(64) },
      sha256(
        new TextEncoder().encode("made\n"),
      ),
    ],
    ["no such file", "/none", {}, "status 404"],
    [
      "a certificate that nobody vouches for",
      "/same",
      { trusted: false },
      "certificate",
    ],
  ] as const
) {
  toolTest(`against https ends for ${what}`, ["openssl"], async () => {
    const { code, stdout, stderr } = await against(path, options);
    assertEquals([code, stdout], [3, ""], stderr);
    assertStringIncludes(stderr, "error[published-not-fetched]");
    assertStringIncludes(stderr, found);
  });
}
