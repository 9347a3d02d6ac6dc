/**
 * `reproof attest`: a single bundle. `verify` checks one of any origin against
 * what the caller trusts, and prints every check with expected and observed;
 * `sign` makes one for a file, with a key or keylessly. Signing is loaded only
 * when asked for: verification runs with permission to read and nothing else.
 *
 * @module
 */

import { loadPublicKey } from "../../verify/attest/public_key.ts";
import type { IdentityTrust, KeyTrust } from "../../verify/attest/options.ts";
import { PREDICATE_TYPE } from "../../verify/attest/statement.ts";
import { parseTrustedRoot } from "../../verify/attest/trusted_root.ts";
import {
  type VerifiedBundle,
  verifyBundle,
} from "../../verify/attest/verify_bundle.ts";
import { UsageError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";
import type { Arguments, Command, Context } from "../cli/command.ts";
import { readDocumentBytes } from "../read_document.ts";

const DOING = "Verifying a bundle";

/** The `attest` command. */
export const attestCommand: Command = {
  name: "attest",
  summary: "Verify a single Sigstore bundle of any origin, or sign a file",
  usage: [
    "attest verify BUNDLE --artifact FILE --key FILE [--trusted-root FILE]",
    "attest verify BUNDLE --artifact FILE --trusted-root FILE --identity ID --issuer URL",
    "attest sign FILE --key FILE [--passphrase-env NAME] [--out BUNDLE]",
    "attest sign FILE --token SOURCE --fulcio URL --rekor URL --trusted-root FILE --identity ID --issuer URL [--out BUNDLE]",
  ],
  example:
    "reproof attest verify SHA256SUMS.sigstore.json --artifact SHA256SUMS --key release-key.pub",
  flags: [
    {
      name: "artifact",
      value: "FILE",
      help: "The file that the bundle must be about",
    },
    {
      name: "key",
      value: "FILE",
      help: "Trusted public key, PEM; the private one to sign with",
    },
    {
      name: "trusted-root",
      value: "FILE",
      help: "Trusted authorities and logs (trusted_root.json)",
    },
    {
      name: "identity",
      value: "ID",
      help: "Subject name of the certificate, to the letter",
    },
    {
      name: "issuer",
      value: "URL",
      help: "OIDC issuer of the certificate, to the letter",
    },
    {
      name: "foreign",
      help: "Admit older media types and other predicate types",
    },
    {
      name: "out",
      value: "BUNDLE",
      help: "Bundle to write; FILE.sigstore.json without it",
    },
    {
      name: "passphrase-env",
      value: "NAME",
      help: "Variable that holds the passphrase of the key",
    },
    {
      name: "token",
      value: "SOURCE",
      help: "Identity token: github, env:NAME or file:PATH",
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
  ],
  operands: [2, 2],
  async run(context, args) {
    const [verb, path = ""] = args.operands;
    switch (verb) {
      case "verify":
        return verify(path, { context, args });
      case "sign": {
        const { signFile } = await import("./attest_sign.ts");
        return await signFile(path, { context, args });
      }
      default:
        throw new UsageError("usage", 'Reading the arguments of "attest"', {
          expected: '"attest verify BUNDLE" or "attest sign FILE"',
          observed: `"attest ${verb}"`,
        });
    }
  },
};

function verify(
  path: string,
  { context, args }: { context: Context; args: Arguments },
): ExitCode {
  const artifactPath = args.value("artifact");
  if (artifactPath === undefined) {
    throw new UsageError("usage", DOING, {
      expected: '"--artifact FILE"',
      observed: "none",
    });
  }
  for (const name of SIGNING_FLAGS) {
    if (args.value(name) === undefined && args.values(name).length === 0) {
      continue;
    }
    throw new UsageError("usage", DOING, {
      expected: `"--${name}" with "attest sign" alone`,
      observed: `"--${name}"`,
    });
  }
  const trust = readTrust(args);
  const bytes = readDocumentBytes(path);
  using artifact = new FileReader(artifactPath);
  const result = verifyBundle(bytes, {
    name: path,
    trust,
    expect: {
      kind: "artifact",
      artifact,
      predicateTypes: Object.values(PREDICATE_TYPE),
    },
    now: context.now,
    foreign: args.has("foreign"),
  });
  context.out(args.has("json") ? renderJson(result) : renderText(result));
  return result.status === "verified" ? EXIT.ok : EXIT.failed;
}

const SIGNING_FLAGS = [
  "out",
  "passphrase-env",
  "token",
  "fulcio",
  "rekor",
  "rekor2",
  "tsa",
];

/** Trust comes from the command line alone, never from beside the bundle. */
function readTrust(args: Arguments): KeyTrust | IdentityTrust {
  const key = args.value("key");
  const root = args.value("trusted-root");
  const identity = args.value("identity");
  const issuer = args.value("issuer");
  const named = identity !== undefined || issuer !== undefined;
  if (key !== undefined && !named) {
    return {
      kind: "keys",
      keys: [{ id: key, key: loadPublicKey(key) }],
      ...(root === undefined
        ? {}
        : { root: parseTrustedRoot(readDocumentBytes(root), root) }),
    };
  }
  if (
    key === undefined && root !== undefined && identity !== undefined &&
    issuer !== undefined
  ) {
    return {
      kind: "identity",
      root: parseTrustedRoot(readDocumentBytes(root), root),
      identity,
      issuer,
    };
  }
  throw new UsageError("trust-missing", DOING, {
    expected: '"--key FILE", or "--trusted-root", "--identity" and "--issuer"',
    observed: ["key", "trusted-root", "identity", "issuer"]
      .filter((name) => args.value(name) !== undefined)
      .map((name) => `"--${name}"`).join(" and ") || "neither",
  });
}

function renderJson(result: VerifiedBundle): string {
  const { status, checks } = result;
  const document = result.status === "refused" ? { status, checks } : {
    status,
    signer: result.signer,
    content: result.content.kind === "blob" ? result.content : {
      kind: result.content.kind,
      predicateType: result.content.statement.predicateType,
      subject: result.content.statement.subject,
      payloadSha256: result.content.payloadSha256,
    },
    checks,
  };
  return JSON.stringify(document, null, 2) + "\n";
}

function renderText({ status, checks }: VerifiedBundle): string {
  const lines = checks.map((check) => {
    const name = check.id.split("/")[1] ?? check.id;
    return check.status === "fail"
      ? `fail            ${name} [${check.code}]: expected ${check.expected}, found ${check.observed}`
      : `${check.status.padEnd(14)}  ${name}: ${check.observed}`;
  });
  return [
    ...lines.map((line) => escapeText(line)),
    status === "verified" ? "verified" : "refused",
    "",
  ].join("\n");
}
