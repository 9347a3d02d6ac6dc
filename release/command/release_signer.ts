/**
 * The signer that the flags of `release` name: a private key, or a keyless
 * identity. Identity, issuer and trusted root may come from the policy, when
 * it leaves no choice. A token is asked for before anything is built, so that
 * a job without one ends at once; it is read again when it is needed.
 *
 * @module
 */

import { join, resolve } from "@std/path";
import { POLICY, POLICY_FILE } from "../../policy/policy.ts";
import type { IdentityTrust } from "../../verify/attest/options.ts";
import { UsageError } from "../../verify/error.ts";
import { ask } from "../cli/ask.ts";
import type { Arguments, Context, Flag } from "../cli/command.ts";
import {
  type GateSigner,
  keyGateSigner,
  keylessGateSigner,
} from "../gate/gate_signer.ts";
import { openKey } from "../gate/inputs.ts";
import { readDocument } from "../read_document.ts";
import { readIdentityToken, TOKEN_SOURCES } from "../sign/identity_token.ts";
import { readPassphrase } from "../sign/passphrase.ts";
import { policySigners, readTrustedRoot } from "../signer_trust.ts";

const DOING = "Reading the flags that say who signs";

/** Flags that say who signs. */
export const SIGNER_FLAGS: readonly Flag[] = [
  { name: "key", value: "FILE", help: "Private key to sign with" },
  {
    name: "passphrase-env",
    value: "NAME",
    help: "Variable that holds the passphrase of the key",
  },
  {
    name: "keyless",
    help: "Sign as the identity of the CI system instead of with a key",
  },
  {
    name: "token",
    value: "SOURCE",
    help: "Identity token: github, env:NAME or file:PATH; CI's own without",
  },
  { name: "fulcio", value: "URL", help: "Certificate authority" },
  {
    name: "rekor",
    value: "URL",
    repeatable: true,
    help: "Transparency log of the first generation",
  },
  {
    name: "rekor2",
    value: "URL",
    repeatable: true,
    help: "Transparency log of the second generation",
  },
  {
    name: "tsa",
    value: "URL",
    repeatable: true,
    help: "Timestamp authority, with the whole path",
  },
  {
    name: "trusted-root",
    value: "FILE",
    help: "Trusted root that the signature must verify against",
  },
  {
    name: "identity",
    value: "ID",
    help: "Identity to sign as; the policy's only one without",
  },
  { name: "issuer", value: "URL", help: "OIDC issuer of the identity" },
];

const KEYLESS_FLAGS = SIGNER_FLAGS.map((flag) => flag.name).filter((name) =>
  !["key", "passphrase-env", "keyless"].includes(name)
);

/** The signer, and files that builds must not see. */
export interface ChosenSigner {
  readonly signer: GateSigner;
  readonly hidden: readonly string[];
}

/**
 * Reads the flags.
 *
 * @param project Directory of the policy, unless a flag names it.
 * @throws {UsageError} for flags that do not name one signer.
 */
export async function chooseSigner(
  context: Context,
  args: Arguments,
  project: string,
): Promise<ChosenSigner> {
  const key = args.value("key");
  const keyless = args.has("keyless");
  if ((key !== undefined) === keyless) {
    throw new UsageError("usage", DOING, {
      expected: '"--key FILE" or "--keyless"',
      observed: keyless ? "both" : "neither",
    });
  }
  if (key === undefined) return await keylessSigner(context, args, project);
  const stray = KEYLESS_FLAGS.find((name) =>
    args.value(name) !== undefined || args.values(name).length > 0
  );
  if (stray !== undefined) {
    throw new UsageError("usage", DOING, {
      expected: `"--keyless" with "--${stray}"`,
      observed: '"--key"',
    });
  }
  const path = resolve(key);
  const opened = await openKey(path, {
    passphrase: readPassphrase(context, args),
    ask: async (question) =>
      Deno.stdin.isTerminal()
        ? await ask(question, { signal: context.signal, secret: true })
        : null,
  });
  const signer = keyGateSigner(opened);
  return { signer, hidden: [path] };
}

async function keylessSigner(
  context: Context,
  args: Arguments,
  project: string,
): Promise<ChosenSigner> {
  const trust = identityTrust(args, project);
  const logs = [
    ...args.values("rekor").map((url) => ({ url, version: 1 as const })),
    ...args.values("rekor2").map((url) => ({ url, version: 2 as const })),
  ];
  if (logs.length === 0) missing('"--rekor URL" or "--rekor2 URL"');
  const source = args.value("token") ?? ciToken(context);
  const { env, signal } = context;
  const token = () => readIdentityToken(source, { env, signal });
  await token();
  return {
    signer: keylessGateSigner({
      services: {
        fulcio: args.value("fulcio") ?? missing('"--fulcio URL"'),
        logs,
        timestampAuthorities: args.values("tsa"),
      },
      token,
      trust,
      clock: () => new Date(),
      signal,
    }),
    hidden: source.startsWith("file:")
      ? [resolve(source.slice("file:".length))]
      : [],
  };
}

/** Where the CI system at hand leaves its tokens. */
function ciToken({ env }: Pick<Context, "env">): string {
  if (env("ACTIONS_ID_TOKEN_REQUEST_URL")) return "github";
  if (env("SIGSTORE_ID_TOKEN")) return "env:SIGSTORE_ID_TOKEN";
  throw new UsageError("identity-token-missing", DOING, {
    expected:
      `"--token SOURCE" (${TOKEN_SOURCES}), or a CI system that has one`,
    observed: "neither",
  });
}

/** Identity and root from the flags, or the only ones of the policy. */
function identityTrust(args: Arguments, project: string): IdentityTrust {
  const path = args.value("trusted-root");
  const identity = args.value("identity");
  const issuer = args.value("issuer");
  const policyPath = args.value("policy") ?? join(project, POLICY_FILE);
  const trusted = policySigners(readDocument(POLICY, policyPath), {
    policyPath,
    roots: path === undefined ? [] : [path],
  }).flatMap((signer) => signer.kind === "identity" ? [signer.trust] : [])
    .filter((trust) =>
      (identity === undefined || trust.identity === identity) &&
      (issuer === undefined || trust.issuer === issuer)
    );
  const [only, ...others] = trusted;
  if (only !== undefined && others.length === 0) return only;
  if (
    path !== undefined && identity !== undefined && issuer !== undefined
  ) {
    return { kind: "identity", root: readTrustedRoot(path), identity, issuer };
  }
  return missing(
    '"--trusted-root", "--identity" and "--issuer", or a policy with one identity',
  );
}

function missing(what: string): never {
  throw new UsageError("usage", DOING, {
    expected: `${what} for a keyless signature`,
    observed: "none",
  });
}
