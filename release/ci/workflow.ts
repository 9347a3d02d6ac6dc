/**
 * Workflows for CI systems, with four tiers. Each change goes through every
 * gate that needs no trust, and builds the first target; the other targets are
 * stages of their own that are shown and do not block. Each night goes through
 * the gates that take a quiet hour, each week repeats the build as well, and
 * audits the releases where a variable says where they lie. Each tag is decided
 * by one job, with the evidence of every other machine: targets that the policy
 * lets builders supply are built by them, and by them alone.
 *
 * Nothing that a contributor can name goes into a script: refs, tags and
 * targets reach it as variables. A change from outside has no key: what is
 * decided before a tag is signed by a key of the moment that nobody trusts. A
 * decision directory is kept whatever it says; its report goes to where the
 * system shows tests.
 *
 * @module
 */

import { azure } from "./azure.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import type { WorkflowPlan } from "./plan.ts";

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

/** Renders a workflow. */
export function renderWorkflow(system: CiSystem, plan: WorkflowPlan): string {
  return { github, azure, gitlab }[system](plan);
}
