/**
 * Codes of recipes, locks, sandboxes and builds.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of recipes, locks, sandboxes and builds. */
export const REBUILD_CODES = {
  "recipe-invalid": {
    title: "The recipe is not valid",
    meaning: "The recipe does not fit its schema, so nothing was built.",
    next: "Correct reproof.json at the path named.",
    waivable: false,
  },
  "lock-invalid": {
    title: "The lock is not valid",
    meaning:
      "The toolchain lock does not fit its schema, so nothing was built.",
    next: "Make the lock again with reproof lock.",
    waivable: false,
  },
  "lock-missing": {
    title: "There is no lock",
    meaning: "The toolchains are not pinned, so nothing was built.",
    next:
      "Make the lock with reproof lock and commit it, or keep it beside the recipe.",
    waivable: false,
  },
  "lock-host-mismatch": {
    title: "The lock was made on another host",
    meaning:
      "A pin of a host's own toolchain holds on that host alone, so nothing was built.",
    next: "Make the lock again on this host with reproof lock.",
    waivable: false,
  },
  "toolchain-drift": {
    title: "A toolchain changed",
    meaning:
      "The toolchain is not the one of the lock, so nothing was built with it.",
    next:
      "Restore the locked toolchain, or review the change and run reproof lock.",
    waivable: false,
  },
  "toolchain-not-locked": {
    title: "Recipe and lock do not name the same toolchains",
    meaning: "A toolchain without a pin may be anything, so nothing was built.",
    next: "Run reproof lock after changing the toolchains of the recipe.",
    waivable: false,
  },
  "toolchain-missing": {
    title: "A toolchain is not here",
    meaning: "The executable that the recipe names was not found on this host.",
    next: "Install the toolchain, or put its directory into PATH.",
    waivable: false,
  },
  "toolchain-version-unreadable": {
    title: "A toolchain does not say its version",
    meaning:
      "The tool could not be run, or printed nothing, when asked for its version.",
    next: "Correct versionArgs in the recipe, or repair the toolchain.",
    waivable: false,
  },
  "toolchain-files-missing": {
    title: "A pinned glob matches nothing",
    meaning:
      "A glob without files pins nothing, so the toolchain is not locked.",
    next: "Correct the glob under files in the recipe.",
    waivable: false,
  },
  "toolchain-not-fetched": {
    title: "A toolchain could not be fetched",
    meaning:
      "The archive that the recipe names could not be had, so nothing was built.",
    next:
      "Check source and version in the recipe, the network, and that the client of the registry is installed.",
    waivable: false,
  },
  "toolchain-archive-differs": {
    title: "A toolchain's archive is not the pinned one",
    meaning:
      "What was fetched has another digest than the lock, the recipe or the registry states. Nothing of it was unpacked or run.",
    next:
      "Find out who changed it; a registry never changes a version. Only then lock anew.",
    waivable: false,
  },
  "toolchain-archive-refused": {
    title: "A toolchain's archive is not safe to unpack",
    meaning:
      "An entry could reach outside of its directory, or readers would not agree on what the archive holds.",
    next: "Take another archive of the toolchain, or pack it anew.",
    waivable: false,
  },
  "toolchain-not-prepared": {
    title: "The prepared files do not hold the locked package",
    meaning:
      "What prepare fetched is not, or cannot be shown to be, the package of the lock.",
    next:
      "Let prepare fill {prepared}, for Deno with DENO_DIR below it, from the lock file that the recipe names.",
    waivable: false,
  },
  "source-refused": {
    title: "The source cannot be copied faithfully",
    meaning:
      "A link leaves the source, a file is special, or names collide on other systems.",
    next: "Remove or rename the file named, or exclude it in source.exclude.",
    waivable: false,
  },
  "source-dirty": {
    title: "The source is not the commit",
    meaning:
      "A file differs from the commit, so the commit does not name what was built.",
    next: "Commit or remove the change, and run again.",
    waivable: true,
  },
  "source-epoch-missing": {
    title: "The source has no date",
    meaning:
      "SOURCE_DATE_EPOCH comes from the commit or the recipe, and neither gives one.",
    next:
      "Build from a git checkout, or declare sourceDateEpoch in the recipe.",
    waivable: false,
  },
  "too-many-files": {
    title: "There are too many files",
    meaning:
      "A directory holds more files than the limit, so it was not read whole.",
    next: "Exclude what does not belong to it.",
    waivable: false,
  },
  "sandbox-missing": {
    title: "The sandbox asked for does not work here",
    meaning: "A tool of it is absent, or may not make namespaces on this host.",
    next:
      "Install bubblewrap or util-linux and allow user namespaces, or ask for --isolation none.",
    waivable: false,
  },
  "sandbox-failed": {
    title: "The sandbox did not start the build",
    meaning: "The build never ran, so nothing is known of it.",
    next:
      "Read the message of the sandbox, and check the mounts and user namespaces of this host.",
    waivable: false,
  },
  "prepare-failed": {
    title: "Preparing failed",
    meaning: "A prepare step did not succeed, so nothing was built.",
    next: "Read the log of the step; prepare may use the network.",
    waivable: false,
  },
  "prepared-differs": {
    title: "Prepare left other files than the lock pins",
    meaning:
      "The builds would read other bytes than those that were pinned, so nothing was built.",
    next:
      "Find out what changed; drop in dropPrepared what a client writes of its own run, then run reproof lock.",
    waivable: false,
  },
  "build-failed": {
    title: "A build failed",
    meaning:
      "A step did not succeed, so its artifacts are unknown. A build that fails says nothing of reproducibility.",
    next: "Read the log of the step.",
    waivable: false,
  },
  "build-failed-when-varied": {
    title: "A build fails in varied surroundings",
    meaning:
      "The build succeeds in the control run and fails in the varied one: it depends on its surroundings.",
    next:
      "Read the log of the varied run and the axes that it differs in; reproof rebuild names the one that broke it.",
    waivable: false,
  },
  "build-timed-out": {
    title: "A build took too long",
    meaning:
      "A step ran into its time limit and was ended with all that it started.",
    next: "Find out why it hangs, or raise limits.buildWallMs in the recipe.",
    waivable: false,
  },
  "build-log-limit": {
    title: "A build prints too much",
    meaning:
      "A step printed more than its limit and was ended with all that it started.",
    next: "Make the build quiet, or raise limits.buildLogBytes in the recipe.",
    waivable: false,
  },
  "build-tree-limit": {
    title: "A build writes too much",
    meaning:
      "A build filled its directories beyond the limit and was ended, or left an artifact that is larger.",
    next:
      "Find out what it writes, or raise limits.buildTreeBytes in the recipe.",
    waivable: false,
  },
  "build-process-limit": {
    title: "A build has too many processes",
    meaning:
      "A step had more processes at once than its limit and was ended with all of them.",
    next:
      "Lower its parallelism, or raise limits.buildProcesses in the recipe.",
    waivable: false,
  },
  "build-memory-limit": {
    title: "A build takes too much memory",
    meaning:
      "The processes of a step held more memory at once than its limit and were ended.",
    next:
      "Lower its parallelism, or raise limits.buildMemoryBytes in the recipe.",
    waivable: false,
  },
  "build-cpu-limit": {
    title: "A build takes too much processor time",
    meaning:
      "The processes of a step ran for longer, taken together, than its limit and were ended.",
    next: "Find out what it does, or raise limits.buildCpuMs in the recipe.",
    waivable: false,
  },
  "build-open-files-limit": {
    title: "A build opens too many files",
    meaning:
      "The processes of a step had more files open at once than its limit and were ended.",
    next:
      "Let it close what it has read, or raise limits.buildOpenFiles in the recipe.",
    waivable: false,
  },
  "build-network-attempt": {
    title: "A build tried to use the network",
    meaning:
      "It was refused, and the build went on without; what it would have fetched, or told somebody, is unknown.",
    next:
      "Fetch in prepare what the build needs, and turn off whatever asks for updates.",
    waivable: true,
  },
  "build-network-unknown": {
    title: "Nobody can tell whether a build tried to use the network",
    meaning:
      "The sandbox left the build without a network, but could not read the counters that show an attempt.",
    next: "Build where /proc/net/snmp can be read.",
    waivable: false,
  },
  "build-output-missing": {
    title: "An artifact was not built",
    meaning:
      "The build succeeded without leaving a file where the recipe says.",
    next: "Correct the artifact's path in the recipe, or the build.",
    waivable: false,
  },
  "build-output-empty": {
    title: "An artifact is empty",
    meaning: "The build left a file without content.",
    next: "Correct the build.",
    waivable: false,
  },
  "build-output-refused": {
    title: "An artifact is not a regular file",
    meaning:
      "A link or special file stands where the artifact should be; it could lead anywhere.",
    next: "Let the build write a regular file there.",
    waivable: false,
  },
  "repeat-differs": {
    title: "A repeat of the same build has other bytes",
    meaning:
      "In the very surroundings of the control run another artifact came out, or none: the build is random in itself.",
    next:
      "Run reproof rebuild with attribution, and sort or seed what is random.",
    waivable: false,
  },
  "replay-source-changed": {
    title: "The source is not the one of the run to repeat",
    meaning:
      "A run can be repeated from its own source alone, so nothing was built.",
    next: "Check out the commit that the evidence names.",
    waivable: false,
  },
  "replay-differs": {
    title: "A replay gave other bytes",
    meaning:
      "With the source, toolchains and surroundings of then another artifact came out, or none to compare.",
    next:
      "The build depends on what no evidence holds: the host, the time of day, or chance. Repeat it with --repeats.",
    waivable: false,
  },
  "replay-surroundings-differ": {
    title: "A replay did not have the surroundings of then",
    meaning:
      "A command or variable is not the one of the evidence, or this host cannot vary what was varied then, so the run was not repeated exactly.",
    next:
      "Repeat it on a host that varies the same, where the tools lie at the places of then, with the same version of this program.",
    waivable: false,
  },
  "evidence-invalid": {
    title: "The evidence of a run is not valid",
    meaning:
      "The document is not the result of a rebuild that made both of its runs, so nothing was built.",
    next: "Name the directory that rebuild --evidence wrote.",
    waivable: false,
  },
  "published-differs": {
    title: "What was published is not what was rebuilt",
    meaning:
      "The published artifact is not the one that this source and recipe give, or could not be compared with it.",
    next:
      "Read the differences; then look for another source, toolchain or option that was used.",
    waivable: false,
  },
  "published-not-fetched": {
    title: "What was published could not be fetched",
    meaning:
      "The source named no file, or the client of the registry failed, so nothing was compared with it.",
    next: "Check name, version and file, and that the client is installed.",
    waivable: false,
  },
  "build-left-process": {
    title: "A build left a process behind",
    meaning:
      "A process outlived its step; it was ended. It might have gone on writing.",
    next: "Let the build wait for everything that it starts.",
    waivable: true,
  },
} as const satisfies Record<
  string,
  CatalogueEntry
>;
