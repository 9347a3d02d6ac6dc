/**
 * The workflow for GitHub Actions.
 *
 * @module
 */

import {
  auditOf,
  builderJobs,
  COMMAND,
  machineOf,
  PACKAGES,
  rehearsed,
  suppliedFlags,
  TIER_POLICIES,
  type WorkflowPlan,
} from "./plan.ts";

const SOURCE = `      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/cache@v4
        with:
          key: reproof-\${{ runner.os }}-\${{ runner.arch }}-\${{ hashFiles('reproof.lock.json') }}
          path: |
            ~/.npm
            ~/.cache/deno
`;

const LINUX = `${SOURCE}      - run: sudo apt-get install --yes ${PACKAGES}
`;

const SHOW = `      - if: always()
        run: |
          for directory in "$RUNNER_TEMP"/decision/release*; do
            $REPROOF report "$directory" --format github
            $REPROOF report "$directory" --format junit --out "$RUNNER_TEMP/decision/junit.xml"
            $REPROOF report "$directory" --format sarif --out "$RUNNER_TEMP/decision/reproof.sarif"
            $REPROOF report "$directory" --format badge --out "$RUNNER_TEMP/decision/badge.json"
          done
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: decision
          path: \${{ runner.temp }}/decision
          if-no-files-found: error
`;

/** Decides as a release is, by a key that nobody trusts. */
const rehearse = (policy: string, plan: WorkflowPlan) =>
  `      - run: |
          version=\`node -p 'require("./reproof.json").version'\`
          mkdir -p "$RUNNER_TEMP/decision"
          git tag --force "v$version"
          $REPROOF keygen --no-passphrase --out "$RUNNER_TEMP/moment"
          $REPROOF release . --tag "v$version" --policy ${policy} --key "$RUNNER_TEMP/moment.pem" --out "$RUNNER_TEMP/decision/release"${
    rehearsed(plan)
  }
${SHOW}`;

const matrix = (targets: readonly string[]) =>
  `    strategy:
      fail-fast: false
      matrix:
        include:
${
    targets.map((target) =>
      `          - target: ${target}
            machine: ${machineOf(target)}
`
    ).join("")
  }    runs-on: \${{ matrix.machine }}
    defaults:
      run:
        shell: bash
    env:
      TARGET: \${{ matrix.target }}
`;

/** Renders the workflow. */
export function github(plan: WorkflowPlan): string {
  const { first, others } = plan;
  const jobs = builderJobs(plan);
  return `name: reproof
on:
  pull_request:
  push:
    tags: ["v*"]
  schedule:
    - cron: "17 2 * * 1-6"
    - cron: "17 2 * * 0"
  workflow_dispatch:
permissions:
  contents: read
env:
  REPROOF: ${COMMAND}
jobs:
  change:
    if: github.event_name == 'pull_request'
    runs-on: ${machineOf(first)}
    timeout-minutes: 60
    steps:
${LINUX}      - run: $REPROOF lock . --check
      - run: $REPROOF rebuild . --target ${first}
${rehearse(TIER_POLICIES.change, plan)}${
    others.length === 0 ? "" : `  others:
    if: github.event_name == 'pull_request'
    continue-on-error: true
${matrix(others)}    timeout-minutes: 60
    steps:
${SOURCE}      - if: runner.os == 'Linux'
        run: sudo apt-get install --yes ${PACKAGES}
      - run: $REPROOF rebuild . --target "$TARGET"
`
  }  nightly:
    if: github.event_name == 'schedule' && github.event.schedule == '17 2 * * 1-6' || github.event_name == 'workflow_dispatch'
    runs-on: ${machineOf(first)}
    timeout-minutes: 180
    steps:
${LINUX}${rehearse(TIER_POLICIES.schedule, plan)}  weekly:
    if: github.event_name == 'schedule' && github.event.schedule == '17 2 * * 0'
    runs-on: ${machineOf(first)}
    timeout-minutes: 360
    steps:
${LINUX}      - run: $REPROOF rebuild . --repeats 3
${rehearse(TIER_POLICIES.schedule, plan)}  audit:
    if: github.event_name == 'schedule' && github.event.schedule == '17 2 * * 0' && vars.REPROOF_RELEASES != ''
    runs-on: ${machineOf(first)}
    timeout-minutes: 60
    steps:
      - env:
          RELEASES: \${{ vars.REPROOF_RELEASES }}
          PUBLIC_KEY: \${{ vars.REPROOF_PUBLIC_KEY }}
        run: |
          mkdir -p "$RUNNER_TEMP/audit"
          printf '%s\\n' "$PUBLIC_KEY" > "$RUNNER_TEMP/release.pub"
          ${
    auditOf("RELEASES", {
      key: "$RUNNER_TEMP/release.pub",
      page: "$RUNNER_TEMP/audit/audit.html",
    })
  }
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: audit
          path: \${{ runner.temp }}/audit
          if-no-files-found: error
${
    jobs.map(({ name, targets, verb, into }) =>
      `  ${name}:
    if: github.event_name == 'push'
    continue-on-error: true
${matrix(targets)}    timeout-minutes: 180
    environment: release
    steps:
${SOURCE}      - if: runner.os == 'Linux'
        run: sudo apt-get install --yes ${PACKAGES}
      - env:
          BUILDER_KEY: \${{ secrets.REPROOF_BUILDER_KEY }}
          BUILDER_KEY_PASSPHRASE: \${{ secrets.REPROOF_BUILDER_KEY_PASSPHRASE }}
        run: |
          umask 077
          printf '%s\\n' "$BUILDER_KEY" > "$RUNNER_TEMP/key.pem"
          unset BUILDER_KEY
          $REPROOF ${verb} . --target "$TARGET" --key "$RUNNER_TEMP/key.pem" --passphrase-env BUILDER_KEY_PASSPHRASE --${into} "$RUNNER_TEMP/evidence"
      - if: always()
        run: rm -f "$RUNNER_TEMP/key.pem"
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: evidence-\${{ matrix.target }}
          path: \${{ runner.temp }}/evidence
          if-no-files-found: error
`
    ).join("")
  }  gate:
${
    jobs.length === 0
      ? "    if: github.event_name == 'push'\n"
      : `    needs: [${
        jobs.map(({ name }) => name).join(", ")
      }]\n    if: always() && github.event_name == 'push'\n`
  }    runs-on: ${machineOf(first)}
    timeout-minutes: 180
    environment: release
    permissions:
      contents: read
      security-events: write
    env:
      TAG: \${{ github.ref_name }}
    steps:
${LINUX}${
    jobs.length === 0 ? "" : `      - uses: actions/download-artifact@v4
        with:
          pattern: evidence-*
          path: \${{ runner.temp }}/evidence
`
  }      - env:
          RELEASE_KEY: \${{ secrets.REPROOF_KEY }}
          RELEASE_KEY_PASSPHRASE: \${{ secrets.REPROOF_KEY_PASSPHRASE }}
        run: |
          umask 077
          mkdir -p "$RUNNER_TEMP/decision"
          printf '%s\\n' "$RELEASE_KEY" > "$RUNNER_TEMP/key.pem"
          unset RELEASE_KEY
          set --
          for directory in "$RUNNER_TEMP"/evidence/*/; do
            if [ -d "$directory" ]; then set -- "$@" --evidence "$directory"; fi
          done
          $REPROOF release . --tag "$TAG" --key "$RUNNER_TEMP/key.pem" --passphrase-env RELEASE_KEY_PASSPHRASE --out "$RUNNER_TEMP/decision/release"${
    suppliedFlags(plan)
  } "$@"
      - if: always()
        run: rm -f "$RUNNER_TEMP/key.pem"
${SHOW}      - if: always()
        continue-on-error: true
        uses: github/codeql-action/upload-sarif@v3
        with:
          sarif_file: \${{ runner.temp }}/decision/reproof.sarif
`;
}
