/**
 * The pipeline for GitLab CI. Its hosted machines are Linux containers; other
 * machines are runners of your own, chosen by their tags. It knows no other
 * place for caches and for what jobs hand on than the checkout, so these are
 * told to be no part of the source.
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
const rehearse = (policy: string, plan: WorkflowPlan) =>
  `    - mkdir -p decision ../moment
    - VERSION=\`node -p 'require("./reproof.json").version'\`
    - git tag --force "v$VERSION"
    - $REPROOF keygen --no-passphrase --out ../moment/key
    - $REPROOF release . --tag "v$VERSION" --policy ${policy} --key ../moment/key.pem --out decision/release${
    rehearsed(plan)
  }
${REPORT}`;

const machine = (target: string) => {
  const name = machineOf(target);
  return name === "ubuntu-24.04" ? "" : `  tags: [${name}]\n`;
};

/** Renders the pipeline. */
export function gitlab(plan: WorkflowPlan): string {
  const { first, others } = plan;
  const jobs = builderJobs(plan).flatMap(({ targets, ...job }) =>
    targets.map((target) => ({ ...job, target, name: `${job.name}-${target}` }))
  );
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
    - printf '/%s/\\n' .npm .deno evidence decision >> .git/info/exclude
change:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  timeout: 1 hour
  script:
    - $REPROOF lock . --check
    - $REPROOF rebuild . --target ${first}
${rehearse(TIER_POLICIES.change, plan)}${
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
${rehearse(TIER_POLICIES.schedule, plan)}weekly:
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $TIER == "weekly"
  timeout: 6 hours
  script:
    - $REPROOF rebuild . --repeats 3
${rehearse(TIER_POLICIES.schedule, plan)}audit:
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $TIER == "weekly" && $REPROOF_RELEASES
  timeout: 1 hour
  script:
    - mkdir -p audit
    - ${
    auditOf("REPROOF_RELEASES", {
      key: "$REPROOF_PUBLIC_KEY",
      page: "audit/audit.html",
    })
  }
  artifacts:
    when: always
    paths:
      - audit
${
    jobs.map(({ name, target, verb, into }) =>
      `${name}:
  rules:
    - if: $CI_COMMIT_TAG =~ /^v/
  allow_failure: true
${machine(target)}  timeout: 3 hours
  environment: release
  script:
    - mkdir -p evidence
    - $REPROOF ${verb} . --target ${target} --key "$REPROOF_BUILDER_KEY" --passphrase-env REPROOF_BUILDER_KEY_PASSPHRASE --${into} evidence/${target}
  artifacts:
    when: always
    paths:
      - evidence
`
    ).join("")
  }gate:
${
    jobs.length === 0
      ? ""
      : `  needs: [${jobs.map(({ name }) => name).join(", ")}]
`
  }  rules:
    - if: $CI_COMMIT_TAG =~ /^v/
  timeout: 3 hours
  environment: release
  script:
    - mkdir -p decision
    - set --; for directory in evidence/*/; do if [ -d "$directory" ]; then set -- "$@" --evidence "$directory"; fi; done
    - $REPROOF release . --tag "$CI_COMMIT_TAG" --key "$REPROOF_KEY" --passphrase-env REPROOF_KEY_PASSPHRASE --out decision/release${
    suppliedFlags(plan)
  } "$@"
${REPORT}`;
}
