/**
 * The OIDC token that a keyless signature is made with, from where the CI
 * system leaves it: GitHub Actions hands it out on request, GitLab and others
 * put it into a variable, and everything else can leave it in a file. The token
 * is a secret for as long as it lives: no message ever repeats it.
 *
 * @module
 */

import { ReproofError, UsageError } from "../../verify/error.ts";
import { type RetryOptions, withRetries } from "./retry.ts";

/** What a source of tokens may touch. */
export interface TokenSourceOptions extends RetryOptions {
  /** A variable, or undefined when unset. */
  readonly env: (name: string) => string | undefined;
}

const AUDIENCE = "sigstore";

/** Shown where a source has to be named. */
export const TOKEN_SOURCES = '"github", "env:NAME" or "file:PATH"';

/**
 * Reads a token.
 *
 * @param source `github`, `env:NAME` or `file:PATH`.
 * @throws {UsageError} `identity-token-missing`.
 * @throws {ReproofError} `signing-unavailable`, `identity-token-invalid`.
 */
export async function readIdentityToken(
  source: string,
  options: TokenSourceOptions,
): Promise<string> {
  const [kind, ...rest] = source.split(":");
  const name = rest.join(":");
  switch (kind) {
    case "github":
      return checkToken(await fromGitHub(options));
    case "env":
      return checkToken(
        options.env(name) ?? missing(`the variable "${name}"`),
      );
    case "file":
      return checkToken(readTokenFile(name));
    default:
      throw new UsageError("usage", "Choosing a source of identity tokens", {
        expected: TOKEN_SOURCES,
        observed: `"${source}"`,
      });
  }
}

/** https://docs.github.com/actions, "OpenID Connect reference". */
async function fromGitHub(options: TokenSourceOptions): Promise<string> {
  const address = options.env("ACTIONS_ID_TOKEN_REQUEST_URL") ??
    missing('the variable "ACTIONS_ID_TOKEN_REQUEST_URL"');
  const bearer = options.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN") ??
    missing('the variable "ACTIONS_ID_TOKEN_REQUEST_TOKEN"');
  const url = new URL(address);
  url.searchParams.set("audience", AUDIENCE);
  return await withRetries("GitHub for an identity token", async () => {
    const response = await fetch(url, {
      headers: {
        accept: "application/json",
        authorization: `Bearer ${bearer}`,
      },
      redirect: "error",
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw Object.assign(new Error("refused"), {
        statusCode: response.status,
      });
    }
    const { value } = await response.json();
    return typeof value === "string" ? value : "";
  }, options);
}

function readTokenFile(path: string): string {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch {
    return missing(`the file "${path}"`);
  }
}

function missing(where: string): never {
  throw new UsageError("identity-token-missing", "Reading an identity token", {
    expected: `a token in ${where}`,
    observed: "none",
  });
}

/** Three parts of base64url, the second an object with issuer and subject. */
function checkToken(token: string): string {
  const parts = token.trim().split(".");
  let claims: unknown;
  try {
    claims = JSON.parse(
      new TextDecoder().decode(
        Uint8Array.fromBase64(parts[1] ?? "", { alphabet: "base64url" }),
      ),
    );
  } catch {
    claims = undefined;
  }
  const { iss, sub } = (claims ?? {}) as { iss?: unknown; sub?: unknown };
  if (
    parts.length !== 3 || typeof iss !== "string" || typeof sub !== "string"
  ) {
    throw new ReproofError(
      "identity-token-invalid",
      "Reading an identity token",
      {
        expected: "a JSON web token with issuer and subject",
        observed: `${parts.length} parts that are not one`,
      },
    );
  }
  return token.trim();
}
