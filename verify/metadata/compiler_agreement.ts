/**
 * Whether the compiler that an artifact names left its trace in the bytes.
 * The metadata of a build often comes from another program than the one that
 * compiled it, so the two can differ without anyone lying on purpose.
 *
 * | key | trace | form |
 * |---|---|---|
 * | `rustc` | ELF `.comment` | `rustc version 1.95.0 (59807616e 2026-04-14)` |
 * | `rustc` | wasm `producers` | `rustc`, `1.95.0 (59807616e 2026-04-14)` |
 * | `gcc` | ELF `.comment` | `GCC: (Debian 12.2.0-14) 12.2.0` |
 * | `clang` | ELF `.comment` | `clang version 16.0.6`, prefix of a vendor |
 * | `go` | Go build info | `go1.26.8` |
 *
 * `rustc` and `go` must have left one trace and no other; object files of the
 * C library may name another GCC or clang than the one that compiled.
 *
 * @module
 */

import type { Agreement } from "./agreement.ts";
import type { MetadataFacts } from "./facts.ts";

/** Keys of the build-info line that name a compiler. */
export const COMPILER_KEYS: readonly string[] = [
  "assemblyscript",
  "clang",
  "dotnet",
  "gcc",
  "go",
  "ilc",
  "rustc",
  "zig",
];

/** Holds the compiler that an artifact names against its bytes. */
export function compilerAgreement(
  key: string,
  value: string,
  facts: MetadataFacts,
): Agreement {
  switch (key) {
    case "go":
      return goAgreement(value, facts);
    case "rustc":
      return rustcAgreement(value, facts);
    case "gcc":
      return commentAgreement(facts, {
        traces: /^GCC: /,
        wanted: value.replace(/^gcc(?:-\d+)? /, "GCC: "),
        only: false,
      });
    case "clang":
      return commentAgreement(facts, {
        traces: /clang version /,
        wanted: value,
        only: false,
      });
    default:
      return {
        state: "no-evidence",
        observed: `"${key}" leaves no known trace`,
      };
  }
}

function goAgreement(value: string, facts: MetadataFacts): Agreement {
  if (facts.go === null) {
    return { state: "unknown", observed: "no Go build info" };
  }
  if (facts.go.unsupported) {
    return {
      state: "unknown",
      observed: "Go build info in the form of Go 1.17 and before",
    };
  }
  const versions = [...new Set(facts.go.found.map((info) => info.version))];
  const { cut } = facts.go;
  const agrees = versions.every((version) => version === value);
  return {
    state: !agrees ? "contradicts" : cut ? "unknown" : "agrees",
    observed: [
      ...(versions.length === 0
        ? []
        : [`Go build info of ${versions.join(" and ")}`]),
      ...(cut ? ["Go build info that a limit left out"] : []),
    ].join(", and "),
  };
}

function rustcAgreement(value: string, facts: MetadataFacts): Agreement {
  const version = value.replace(/^rustc /, "");
  if (facts.machine?.format !== "wasm") {
    return commentAgreement(facts, {
      traces: /^rustc version /,
      wanted: `rustc version ${version}`,
      only: true,
    });
  }
  const found = (facts.producers ?? []).filter(({ tool }) => tool === "rustc")
    .map((producer) => producer.version);
  if (found.length === 0) {
    return { state: "unknown", observed: "no rustc among the producers" };
  }
  return {
    state: found.every((text) => text === version) ? "agrees" : "contradicts",
    observed: `producer rustc ${found.join(" and ")}`,
  };
}

function commentAgreement(
  facts: MetadataFacts,
  trace: {
    readonly traces: RegExp;
    readonly wanted: string;
    readonly only: boolean;
  },
): Agreement {
  const format = facts.machine?.format;
  if (format !== "elf") {
    return {
      state: "no-evidence",
      observed: `${format ?? "data"} files hold no trace of this compiler`,
    };
  }
  const found = (facts.comment ?? []).filter((text) => trace.traces.test(text));
  if (found.length === 0) {
    return {
      state: "unknown",
      observed: facts.comment === null
        ? "no .comment section"
        : `.comment "${facts.comment.join('", "')}"`,
    };
  }
  const agrees = trace.only
    ? found.every((text) => text === trace.wanted)
    : found.includes(trace.wanted);
  return {
    state: agrees ? "agrees" : "contradicts",
    observed: `.comment "${found.join('", "')}"`,
  };
}
