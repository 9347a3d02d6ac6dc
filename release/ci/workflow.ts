/**
 * Workflows for CI systems, with three tiers: each change rebuilds one target,
 * each night every target, each tag runs the whole gate, and one job decides.
 *
 * Nothing that a contributor can name goes into a script: refs and tags reach
 * it as variables. A change from outside has no key, so only a tag is signed.
 * A decision directory is kept whatever it says; its report goes to where the
 * system shows tests.
 *
 * @module
 */

import { VERSION } from "../version.ts";

/** Systems that a workflow can be written for. */
export const CI_SYSTEMS = ["github", "azure", "gitlab"] as const;
/** A CI system. */
export type CiSystem = typeof CI_SYSTEMS[number];

/** Where each system looks for its workflow. */
export const CI_PATHS: Readonly<Record<CiSystem, string>> = {
  "github": ".github/workflows/reproof.yml",
  "azure": "azure-pipelines.reproof.yml",
  "gitlab": ".gitlab-ci.reproof.yml",
};

/** What a workflow is made for. */
export interface WorkflowOptions {
  /** Target that each change rebuilds. */
  readonly target: string;
}

const COMMAND =
  `npx -y deno@2.9.6 run --allow-all jsr:@reproof/reproof@${VERSION}`;

/** Renders a workflow. */
export function renderWorkflow(
  system: CiSystem,
  options: WorkflowOptions,
): string {
  return { github, azure, gitlab }[system](options);
}

function github({ target }: WorkflowOptions): string {
  return `name: reproof
on:
  pull_request:
  push:
    tags: ["v*"]
  schedule:
    - cron: "17 2 * * *"
  workflow_dispatch:
permissions:
  contents: read
env:
  REPROOF: ${COMMAND}
jobs:
  change:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      - run: sudo apt-get install --yes bubblewrap faketime
      - run: $REPROOF lock . --check
      - run: $REPROOF rebuild . --target ${target}
  nightly:
    if: github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'
    runs-on: ubuntu-24.04
    timeout-minutes: 180
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      - run: sudo apt-get install --yes bubblewrap faketime
      - run: $REPROOF rebuild .
  gate:
    if: github.event_name == 'push'
    runs-on: ubuntu-24.04
    timeout-minutes: 180
    environment: release
    env:
      TAG: \${{ github.ref_name }}
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      - run: sudo apt-get install --yes bubblewrap faketime
      - env:
          RELEASE_KEY: \${{ secrets.REPROOF_KEY }}
          RELEASE_KEY_PASSPHRASE: \${{ secrets.REPROOF_KEY_PASSPHRASE }}
        run: |
          umask 077
          mkdir -p "$RUNNER_TEMP/decision"
          printf '%s\\n' "$RELEASE_KEY" > "$RUNNER_TEMP/key.pem"
          unset RELEASE_KEY
          $REPROOF release . --tag "$TAG" --key "$RUNNER_TEMP/key.pem" --passphrase-env RELEASE_KEY_PASSPHRASE --out "$RUNNER_TEMP/decision/release"
      - if: always()
        run: |
          rm -f "$RUNNER_TEMP/key.pem"
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
}

function azure({ target }: WorkflowOptions): string {
  return `trigger:
  tags:
    include: ["v*"]
pr:
  branches:
    include: ["*"]
schedules:
  - cron: "17 2 * * *"
    displayName: nightly
    branches:
      include: [main]
    always: true
pool:
  vmImage: ubuntu-24.04
variables:
  REPROOF: ${COMMAND}
jobs:
  - job: change
    condition: eq(variables['Build.Reason'], 'PullRequest')
    timeoutInMinutes: 60
    steps:
      - checkout: self
        fetchDepth: 0
      - script: sudo apt-get install --yes bubblewrap faketime
      - script: $REPROOF lock . --check && $REPROOF rebuild . --target ${target}
  - job: nightly
    condition: eq(variables['Build.Reason'], 'Schedule')
    timeoutInMinutes: 180
    steps:
      - checkout: self
        fetchDepth: 0
      - script: sudo apt-get install --yes bubblewrap faketime
      - script: $REPROOF rebuild .
  - job: gate
    condition: startsWith(variables['Build.SourceBranch'], 'refs/tags/v')
    timeoutInMinutes: 180
    steps:
      - checkout: self
        fetchDepth: 0
      - script: sudo apt-get install --yes bubblewrap faketime
      - task: DownloadSecureFile@1
        name: key
        inputs:
          secureFile: reproof-key.pem
      - script: $REPROOF release . --tag "$BUILD_SOURCEBRANCHNAME" --key "$KEY_SECUREFILEPATH" --passphrase-env RELEASE_KEY_PASSPHRASE --out "$BUILD_ARTIFACTSTAGINGDIRECTORY/release"
        env:
          RELEASE_KEY_PASSPHRASE: $(REPROOF_KEY_PASSPHRASE)
      - script: |
          for directory in "$BUILD_ARTIFACTSTAGINGDIRECTORY"/release*; do
            $REPROOF report "$directory" --format junit --out "$AGENT_TEMPDIRECTORY/junit.xml"
          done
        condition: always()
      - task: PublishTestResults@2
        condition: always()
        inputs:
          testResultsFormat: JUnit
          testResultsFiles: $(Agent.TempDirectory)/junit.xml
          failTaskOnMissingResultsFile: true
      - publish: $(Build.ArtifactStagingDirectory)
        artifact: decision
        condition: always()
`;
}

function gitlab({ target }: WorkflowOptions): string {
  return `variables:
  REPROOF: ${COMMAND}
  GIT_DEPTH: "0"
default:
  image: node:24-bookworm
  before_script:
    - apt-get update
    - apt-get install --yes bubblewrap faketime git
change:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  timeout: 1 hour
  script:
    - $REPROOF lock . --check
    - $REPROOF rebuild . --target ${target}
nightly:
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
  timeout: 3 hours
  script:
    - $REPROOF rebuild .
gate:
  rules:
    - if: $CI_COMMIT_TAG =~ /^v/
  timeout: 3 hours
  environment: release
  script:
    - mkdir -p decision
    - $REPROOF release . --tag "$CI_COMMIT_TAG" --key "$REPROOF_KEY" --passphrase-env REPROOF_KEY_PASSPHRASE --out decision/release
  after_script:
    - for directory in decision/release*; do $REPROOF report "$directory" --format junit --out decision/junit.xml; done
  artifacts:
    when: always
    paths:
      - decision
    reports:
      junit: decision/junit.xml
`;
}
