/**
 * The pipeline for Azure DevOps.
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

const SOURCE = `      - checkout: self
        fetchDepth: 0
      - task: Cache@2
        inputs:
          key: reproof | $(Agent.OS) | reproof.lock.json
          path: $(NPM_CONFIG_CACHE)
`;

const LINUX = `${SOURCE}      - script: sudo apt-get install --yes ${PACKAGES}
`;

const SHOW = `      - script: |
          for directory in "$BUILD_ARTIFACTSTAGINGDIRECTORY"/release*; do
            $REPROOF report "$directory" --format azure
            $REPROOF report "$directory" --format junit --out "$AGENT_TEMPDIRECTORY/junit.xml"
            $REPROOF report "$directory" --format sarif --out "$BUILD_ARTIFACTSTAGINGDIRECTORY/reproof.sarif"
            $REPROOF report "$directory" --format badge --out "$BUILD_ARTIFACTSTAGINGDIRECTORY/badge.json"
            echo "##vso[task.uploadsummary]$directory/report.md"
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

/** Decides as a release is, by a key that nobody trusts. */
const rehearse = (policy: string, plan: WorkflowPlan) =>
  `      - script: |
          version=\`node -p 'require("./reproof.json").version'\`
          git tag --force "v$version"
          $REPROOF keygen --no-passphrase --out "$AGENT_TEMPDIRECTORY/moment"
          $REPROOF release . --tag "v$version" --policy ${policy} --key "$AGENT_TEMPDIRECTORY/moment.pem" --out "$BUILD_ARTIFACTSTAGINGDIRECTORY/release"${
    rehearsed(plan)
  }
${SHOW}`;

const matrix = (targets: readonly string[]) =>
  `    strategy:
      matrix:
${
    targets.map((target) =>
      `        ${target.replace(/[^a-z0-9]/g, "_")}:
          target: ${target}
          machine: ${machineOf(target)}
`
    ).join("")
  }    pool:
      vmImage: $(machine)
`;

const install = `      - script: sudo apt-get install --yes ${PACKAGES}
        condition: eq(variables['Agent.OS'], 'Linux')
`;

/** Renders the pipeline. */
export function azure(plan: WorkflowPlan): string {
  const { first, others } = plan;
  const jobs = builderJobs(plan);
  return `trigger:
  tags:
    include: ["v*"]
pr:
  branches:
    include: ["*"]
schedules:
  - cron: "17 2 * * 1-6"
    displayName: nightly
    branches:
      include: [main]
    always: true
  - cron: "17 2 * * 0"
    displayName: weekly
    branches:
      include: [main]
    always: true
pool:
  vmImage: ${machineOf(first)}
variables:
  REPROOF: ${COMMAND}
  NPM_CONFIG_CACHE: $(Pipeline.Workspace)/.npm
jobs:
  - job: change
    condition: eq(variables['Build.Reason'], 'PullRequest')
    timeoutInMinutes: 60
    steps:
${LINUX}      - script: $REPROOF lock . --check && $REPROOF rebuild . --target ${first}
${rehearse(TIER_POLICIES.change, plan)}${
    others.length === 0 ? "" : `  - job: others
    condition: eq(variables['Build.Reason'], 'PullRequest')
    continueOnError: true
${matrix(others)}    timeoutInMinutes: 60
    steps:
${SOURCE}${install}      - bash: $REPROOF rebuild . --target "$TARGET"
        env:
          TARGET: $(target)
`
  }  - job: nightly
    condition: and(eq(variables['Build.Reason'], 'Schedule'), eq(variables['Build.CronSchedule.DisplayName'], 'nightly'))
    timeoutInMinutes: 180
    steps:
${LINUX}${rehearse(TIER_POLICIES.schedule, plan)}  - job: weekly
    condition: and(eq(variables['Build.Reason'], 'Schedule'), eq(variables['Build.CronSchedule.DisplayName'], 'weekly'))
    timeoutInMinutes: 360
    steps:
${LINUX}      - script: $REPROOF rebuild . --repeats 3
${rehearse(TIER_POLICIES.schedule, plan)}  - job: audit
    condition: and(eq(variables['Build.Reason'], 'Schedule'), eq(variables['Build.CronSchedule.DisplayName'], 'weekly'), ne(variables['REPROOF_RELEASES'], ''))
    timeoutInMinutes: 60
    steps:
      - checkout: none
      - task: DownloadSecureFile@1
        name: key
        inputs:
          secureFile: reproof-key.pub
      - bash: ${
    auditOf("REPROOF_RELEASES", {
      key: "$KEY_SECUREFILEPATH",
      page: "$BUILD_ARTIFACTSTAGINGDIRECTORY/audit.html",
    })
  }
      - publish: $(Build.ArtifactStagingDirectory)
        artifact: audit
        condition: always()
${
    jobs.map(({ name, targets, verb, into }) =>
      `  - job: ${name}
    condition: startsWith(variables['Build.SourceBranch'], 'refs/tags/v')
    continueOnError: true
${matrix(targets)}    timeoutInMinutes: 180
    steps:
${SOURCE}${install}      - task: DownloadSecureFile@1
        name: key
        inputs:
          secureFile: reproof-builder-key.pem
      - bash: $REPROOF ${verb} . --target "$TARGET" --key "$KEY_SECUREFILEPATH" --passphrase-env BUILDER_KEY_PASSPHRASE --${into} "$BUILD_ARTIFACTSTAGINGDIRECTORY/$TARGET"
        env:
          TARGET: $(target)
          BUILDER_KEY_PASSPHRASE: $(REPROOF_BUILDER_KEY_PASSPHRASE)
      - publish: $(Build.ArtifactStagingDirectory)
        artifact: evidence-$(target)
        condition: always()
`
    ).join("")
  }  - job: gate
${
    jobs.length === 0
      ? "    condition: startsWith(variables['Build.SourceBranch'], 'refs/tags/v')\n"
      : `    dependsOn: [${
        jobs.map(({ name }) => name).join(", ")
      }]\n    condition: and(always(), startsWith(variables['Build.SourceBranch'], 'refs/tags/v'))\n`
  }    timeoutInMinutes: 180
    steps:
${LINUX}${
    jobs.length === 0 ? "" : `      - task: DownloadPipelineArtifact@2
        inputs:
          itemPattern: evidence-*/**
          targetPath: $(Agent.TempDirectory)/evidence
`
  }      - task: DownloadSecureFile@1
        name: key
        inputs:
          secureFile: reproof-key.pem
      - bash: |
          set --
          for directory in "$AGENT_TEMPDIRECTORY"/evidence/*/*/; do
            if [ -d "$directory" ]; then set -- "$@" --evidence "$directory"; fi
          done
          $REPROOF release . --tag "$BUILD_SOURCEBRANCHNAME" --key "$KEY_SECUREFILEPATH" --passphrase-env RELEASE_KEY_PASSPHRASE --out "$BUILD_ARTIFACTSTAGINGDIRECTORY/release"${
    suppliedFlags(plan)
  } "$@"
        env:
          RELEASE_KEY_PASSPHRASE: $(REPROOF_KEY_PASSPHRASE)
${SHOW}`;
}
