/**
 * What a Go program says of how it was built: the exact compiler, the module,
 * the package and the settings (`go version -m`; go help build, "-buildvcs").
 * The linker's flags are not among the settings of a build with `-trimpath`.
 *
 * @module
 */

import type { GoBuildInfo } from "../../metadata/go_build_info.ts";
import { type Draft, type DraftNote, note } from "./draft.ts";

/** Settings that are variables of the build. */
const VARIABLE = /^(?:CGO_ENABLED|GO[A-Z0-9]+)$/;
/** Settings that go build takes as a flag with this value. */
const FLAGS = ["-tags", "-ldflags", "-gcflags", "-asmflags", "-buildmode"];
/** First version of which there is a toolchain module. */
const FIRST_MODULE = [1, 21];

/** Drafts from build info. */
export function goDraft(
  info: GoBuildInfo,
  file: { readonly name: string; readonly stripped: boolean | null },
): Draft {
  const { settings, module } = info;
  const notes: DraftNote[] = [
    note(
      "stated",
      "$.toolchains.go",
      `build info: compiled by ${info.version}`,
    ),
  ];
  const exact = /^go(\d+)\.(\d+)(?:\.\d+)?(?:rc\d+)?$/.exec(info.version);
  const [major, minor] = [Number(exact?.[1]), Number(exact?.[2])];
  const [firstMajor = 1, firstMinor = 21] = FIRST_MODULE;
  const isModule = exact !== null &&
    (major > firstMajor || major === firstMajor && minor >= firstMinor);
  if (!isModule) {
    notes.push(note(
      "missing",
      "$.toolchains.go",
      `there is no toolchain module of ${info.version}; install it as "go"`,
    ));
  }
  const env = Object.fromEntries(
    Object.entries(settings).filter(([name]) => VARIABLE.test(name)),
  );
  notes.push(note(
    "stated",
    "$.env",
    `build info: ${Object.keys(env).sort().join(", ") || "no variables"}`,
  ));
  const flags = FLAGS.flatMap((name) => {
    const value = settings[name];
    if (value === undefined || name === "-buildmode" && value === "exe") {
      return [];
    }
    return [`${name}=${value}`];
  });
  if (settings["-trimpath"] === "true") flags.unshift("-trimpath");
  notes.push(note(
    "stated",
    "$.targets.{target}.build",
    `build info: ${flags.join(" ") || "no flags"}`,
  ));
  if (settings["-trimpath"] === "true" && settings["-ldflags"] === undefined) {
    if (file.stripped === true) flags.push("-ldflags=-s -w");
    notes.push(note(
      file.stripped === true ? "guess" : "missing",
      "$.targets.{target}.build",
      file.stripped === true
        ? "-ldflags is not recorded with -trimpath; the file has no symbol table, so -s -w, in this order or the other, with more or without"
        : "-ldflags is not recorded with -trimpath, so there may have been some",
    ));
  }
  for (const [name, value] of Object.entries(settings)) {
    if (
      !name.startsWith("-") || FLAGS.includes(name) || name === "-trimpath" ||
      name === "-compiler" && value === "gc"
    ) continue;
    notes.push(note(
      "missing",
      "$.targets.{target}.build",
      `build info: ${name}=${value}, which is not drafted`,
    ));
  }
  const revision = settings["vcs.revision"];
  flags.push(`-buildvcs=${revision === undefined ? "false" : "true"}`);
  if (revision !== undefined) {
    notes.push(note(
      "stated",
      "source",
      `build info: ${settings.vcs} commit ${revision}${
        settings["vcs.modified"] === "true" ? ", with changes" : ""
      }; go build stamps it, so build in its checkout`,
    ));
  }
  if (module !== null) {
    notes.push(note(
      "stated",
      "source",
      `build info: module ${module.path} ${module.version}`,
    ));
  }
  const inside = module !== null && info.path !== null &&
      (info.path === module.path || info.path.startsWith(`${module.path}/`))
    ? `.${info.path.slice(module.path.length)}`
    : info.path;
  if (inside === null) {
    notes.push(note(
      "missing",
      "$.targets.{target}.build",
      "build info does not name the main package",
    ));
  }
  const version = /^v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/.exec(
    module?.version ?? "",
  )?.[1];
  const time = Date.parse(settings["vcs.time"] ?? "");
  notes.push(
    note(
      "guess",
      "$.prepare",
      "the modules of go.sum, as go fetches them",
    ),
    note("guess", "$.targets.{target}.artifacts", "named as the file was"),
  );
  return {
    toolchains: {
      go: isModule
        ? {
          archive: `go:${info.version.slice(2)}`,
          program: "bin/go",
          versionArgs: ["version"],
        }
        : { executable: "go", versionArgs: ["version"] },
    },
    prepare: [{
      argv: ["{tool:go}", "mod", "download"],
      env: {
        GOFLAGS: "-modcacherw",
        GOMODCACHE: "{prepared}/modules",
      },
    }],
    dropPrepared: ["modules/cache/download/sumdb"],
    env: { GOENV: "off", GOTOOLCHAIN: "local", GOWORK: "off", ...env },
    ...(inside === null ? {} : {
      build: [{
        argv: [
          "{tool:go}",
          "build",
          ...flags,
          "-o",
          `out/${file.name}`,
          inside,
        ],
        env: { GOMODCACHE: "{prepared}/modules", GOPROXY: "off" },
      }],
    }),
    output: `out/${file.name}`,
    ...(version === undefined ? {} : { version }),
    ...(Number.isNaN(time) ? {} : { sourceDateEpoch: time / 1000 }),
    notes,
  };
}
