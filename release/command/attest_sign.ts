/**
 * `reproof attest sign`: a bundle with the signature of one file, by a key or
 * keylessly. The bundle is verified before it is written, and nothing is
 * overwritten.
 *
 * @module
 */

import type { IdentityTrust } from "../../verify/attest/options.ts";
import { parseTrustedRoot } from "../../verify/attest/trusted_root.ts";
import { UsageError } from "../../verify/error.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";
import type { Arguments, Context } from "../cli/command.ts";
import { readIdentityToken, TOKEN_SOURCES } from "../sign/identity_token.ts";
import { signBlobKeyless } from "../sign/keyless.ts";
import { readPassphrase } from "../sign/passphrase.ts";
import { signBlob } from "../sign/sign.ts";
import { loadSigningKey } from "../sign/signing_key.ts";
import { readDocumentBytes } from "../read_document.ts";
import { writeNew } from "../write_new.ts";

const DOING = "Signing a file";

/** Signs a file and writes the bundle. */
export async function signFile(
  path: string,
  { context, args }: { context: Context; args: Arguments },
): Promise<ExitCode> {
  const key = args.value("key");
  const token = args.value("token");
  if ((key === undefined) === (token === undefined)) {
    throw new UsageError("usage", DOING, {
      expected: `"--key FILE", or "--token SOURCE" (${TOKEN_SOURCES})`,
      observed: key === undefined ? "neither" : "both",
    });
  }
  const bytes = readDocumentBytes(path);
  const bundle = key === undefined
    ? await signKeylessly(bytes, { context, args })
    : await signBlob(
      bytes,
      loadSigningKey(key, readPassphrase(context, args)),
    );
  const out = args.value("out") ?? `${path}.sigstore.json`;
  writeNew(out, bundle);
  context.out(
    args.has("json")
      ? JSON.stringify({ bundle: out }, null, 2) + "\n"
      : `signed  ${out}\n`,
  );
  return EXIT.ok;
}

async function signKeylessly(
  bytes: Uint8Array,
  { context, args }: { context: Context; args: Arguments },
): Promise<Uint8Array> {
  const rootPath = required(args, "trusted-root");
  const trust: IdentityTrust = {
    kind: "identity",
    root: parseTrustedRoot(readDocumentBytes(rootPath), rootPath),
    identity: required(args, "identity"),
    issuer: required(args, "issuer"),
  };
  const logs = [
    ...args.values("rekor").map((url) => ({ url, version: 1 as const })),
    ...args.values("rekor2").map((url) => ({ url, version: 2 as const })),
  ];
  if (logs.length === 0) {
    throw new UsageError("usage", DOING, {
      expected: '"--rekor URL" or "--rekor2 URL"',
      observed: "neither",
    });
  }
  const services = {
    fulcio: required(args, "fulcio"),
    logs,
    timestampAuthorities: args.values("tsa"),
  };
  return await signBlobKeyless(bytes, {
    services,
    identityToken: await readIdentityToken(required(args, "token"), {
      env: context.env,
      signal: context.signal,
    }),
    trust,
    now: context.now,
    signal: context.signal,
  });
}

function required(args: Arguments, name: string): string {
  const value = args.value(name);
  if (value === undefined) {
    throw new UsageError("usage", DOING, {
      expected: `"--${name}" for a keyless signature`,
      observed: "none",
    });
  }
  return value;
}
