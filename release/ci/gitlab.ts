/**
 * The pipeline for GitLab CI. Its hosted machines are Linux containers; other
 * machines are runners of your own, chosen by their tags.
 *
 * @module
 */

import {
  COMMAND,
  machineOf,
  PACKAGES,
  TIER_POLICIES,
  type WorkflowPlan,
} from "./plan.ts";

const REPORT = `  after_script:
    - for directory in decision/release*; do $REPROOF report "$directory" --format junit --out decision/junit.xml; $REPROOF report "$directory" --format sarif --out decision/reproof.sarif; $REPROOF report "$directory" --format badge --out decision/badge.json; done
  artifacts:
    when: always
    paths:
      - decision
    reports:
      junit: decision/junit.xml
`;

/** Decides as a release is, by a key that nobody trusts. */
const rehearse = (policy: string) =>
  `    - mkdir -p decision ../moment
    - VERSION=\`node -p 'require("./reproof.json").version'\`
    - git tag --force "v$VERSION"
    - $REPROOF keygen --no-passphrase --out ../moment/key
    - $REPROOF release . --tag "v$VERSION" --policy ${policy} --key ../moment/key.pem --out decision/release
${REPORT}`;

const machine = (target: string) => {
  const name = machineOf(target);
  return name === "ubuntu-24.04" ? "" : `  tags: [${name}]\n`;
};

/** Renders the pipeline. */
export function gitlab({ first, others, quorum }: WorkflowPlan): string {
  return `variables:
  REPROOF: ${COMMAND}
  GIT_DEPTH: "0"
  NPM_CONFIG_CACHE: $CI_PROJECT_DIR/.npm
  DENO_DIR: $CI_PROJECT_DIR/.deno
default:
  image: node:24-bookworm
  cache:
    key:
      files: [reproof.lock.json]
    paths: [.npm, .deno]
  before_script:
    - apt-get update
    - apt-get install --yes ${PACKAGES} git
change:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  timeout: 1 hour
  script:
    - $REPROOF lock . --check
    - $REPROOF rebuild . --target ${first}
${rehearse(TIER_POLICIES.change)}${
    others.map((target) =>
      `change-${target}:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  allow_failure: true
${machine(target)}  timeout: 1 hour
  script:
    - $REPROOF rebuild . --target ${target}
`
    ).join("")
  }nightly:
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $TIER != "weekly"
  timeout: 3 hours
  script:
${rehearse(TIER_POLICIES.schedule)}weekly:
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $TIER == "weekly"
  timeout: 6 hours
  script:
    - $REPROOF rebuild . --repeats 3
${rehearse(TIER_POLICIES.schedule)}${
    quorum.map((target) =>
      `evidence-${target}:
  rules:
    - if: $CI_COMMIT_TAG =~ /^v/
  allow_failure: true
${machine(target)}  timeout: 3 hours
  environment: release
  script:
    - mkdir -p evidence
    - $REPROOF rebuild . --target ${target} --key "$REPROOF_BUILDER_KEY" --passphrase-env REPROOF_BUILDER_KEY_PASSPHRASE --evidence evidence/${target}
  artifacts:
    when: always
    paths:
      - evidence
`
    ).join("")
  }gate:
${
    quorum.length === 0
      ? ""
      : `  needs: [${quorum.map((target) => `evidence-${target}`).join(", ")}]
`
  }  rules:
    - if: $CI_COMMIT_TAG =~ /^v/
  timeout: 3 hours
  environment: release
  script:
    - mkdir -p decision
    - set --; for directory in evidence/*/; do if [ -d "$directory" ]; then set -- "$@" --evidence "$directory"; fi; done
    - $REPROOF release . --tag "$CI_COMMIT_TAG" --key "$REPROOF_KEY" --passphrase-env REPROOF_KEY_PASSPHRASE --out decision/release "$@"
${REPORT}`;
}
