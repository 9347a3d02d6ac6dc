/**
 * `reproof attest verify`: checks a single bundle of any origin against what
 * the caller trusts, and prints every check with expected and observed.
 *
 * @module
 */

import { loadPublicKey } from "../../verify/attest/public_key.ts";
import type { IdentityTrust, KeyTrust } from "../../verify/attest/options.ts";
import { PREDICATE_TYPE } from "../../verify/attest/statement.ts";
import {
  parseTrustedRoot,
  type TrustedRoot,
} from "../../verify/attest/trusted_root.ts";
import {
  type VerifiedBundle,
  verifyBundle,
} from "../../verify/attest/verify_bundle.ts";
import { UsageError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { LIMITS } from "../../verify/limits.ts";
import { EXIT } from "../../verify/verdict.ts";
import type { Arguments, Command } from "../cli/command.ts";

const DOING = "Verifying a bundle";

/** The `attest` command. */
export const attestCommand: Command = {
  name: "attest",
  summary: "Verify a single Sigstore bundle of any origin",
  usage: [
    "attest verify BUNDLE --artifact FILE --key FILE [--trusted-root FILE]",
    "attest verify BUNDLE --artifact FILE --trusted-root FILE --identity ID --issuer URL",
  ],
  example:
    "reproof attest verify SHA256SUMS.sigstore.json --artifact SHA256SUMS --key release-key.pub",
  flags: [
    {
      name: "artifact",
      value: "FILE",
      help: "The file that the bundle must be about",
    },
    { name: "key", value: "FILE", help: "Trusted public key, PEM" },
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
  ],
  operands: [2, 2],
  run(context, args) {
    const [verb, path = ""] = args.operands;
    if (verb !== "verify") {
      throw new UsageError("usage", DOING, {
        expected: '"attest verify BUNDLE"',
        observed: `"attest ${verb}"`,
      });
    }
    const artifactPath = args.value("artifact");
    if (artifactPath === undefined) {
      throw new UsageError("usage", DOING, {
        expected: '"--artifact FILE"',
        observed: "none",
      });
    }
    const trust = readTrust(args);
    const bytes = readSmallFile(path);
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
    return Promise.resolve(
      result.status === "verified" ? EXIT.ok : EXIT.failed,
    );
  },
};

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
      ...(root === undefined ? {} : { root: readRoot(root) }),
    };
  }
  if (
    key === undefined && root !== undefined && identity !== undefined &&
    issuer !== undefined
  ) {
    return { kind: "identity", root: readRoot(root), identity, issuer };
  }
  throw new UsageError("trust-missing", DOING, {
    expected: '"--key FILE", or "--trusted-root", "--identity" and "--issuer"',
    observed: ["key", "trusted-root", "identity", "issuer"]
      .filter((name) => args.value(name) !== undefined)
      .map((name) => `"--${name}"`).join(" and ") || "neither",
  });
}

function readRoot(path: string): TrustedRoot {
  return parseTrustedRoot(readSmallFile(path), path);
}

function readSmallFile(path: string): Uint8Array {
  using reader = new FileReader(path);
  if (reader.size > LIMITS.jsonBytesMax) {
    throw new UsageError("json-invalid", `Reading "${path}"`, {
      expected: `at most ${LIMITS.jsonBytesMax} bytes`,
      observed: String(reader.size),
    });
  }
  return reader.read(0, reader.size).slice();
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
