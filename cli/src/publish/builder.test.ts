import assert from "node:assert/strict";
import { test } from "node:test";
import { builderOf } from "./builder.js";

const github = {
  GITHUB_ACTIONS: "true",
  GITHUB_SERVER_URL: "https://git.example.com",
  GITHUB_REPOSITORY: "acme/filters",
  GITHUB_WORKFLOW_REF: "acme/filters/.github/workflows/release.yml@refs/tags/v1.0.0",
  GITHUB_RUN_ID: "42",
  GITHUB_RUN_ATTEMPT: "3",
  GITHUB_TOKEN: "s3cret",
};
const gitlab = {
  GITLAB_CI: "true",
  CI_PROJECT_URL: "https://git.example.com/acme/filters",
  CI_JOB_URL: "https://git.example.com/acme/filters/-/jobs/7",
  CI_COMMIT_REF_NAME: "v1.0.0",
  CI_JOB_TOKEN: "s3cret",
};
const own = { id: "https://meshwasm.io/builders/own-machine" };

const table: [name: string, env: Record<string, string | undefined>, expected: object][] = [
  ["a laptop", { USER: "me", HOSTNAME: "mine" }, own],
  [
    "GitHub Actions",
    github,
    {
      id: "https://git.example.com/acme/filters/.github/workflows/release.yml@refs/tags/v1.0.0",
      invocationId: "https://git.example.com/acme/filters/actions/runs/42/attempts/3",
    },
  ],
  [
    "GitHub Actions without a run",
    { ...github, GITHUB_RUN_ID: undefined },
    { id: "https://git.example.com/acme/filters/.github/workflows/release.yml@refs/tags/v1.0.0" },
  ],
  ["GitHub Actions without a workflow", { ...github, GITHUB_WORKFLOW_REF: undefined }, own],
  [
    "GitLab CI",
    gitlab,
    { id: "https://git.example.com/acme/filters//.gitlab-ci.yml@v1.0.0", invocationId: gitlab.CI_JOB_URL },
  ],
  [
    "GitLab CI with a configuration of its own, no job, no branch",
    { ...gitlab, CI_CONFIG_PATH: "ci/main.yml", CI_JOB_URL: undefined, CI_COMMIT_REF_NAME: undefined },
    { id: "https://git.example.com/acme/filters//ci/main.yml" },
  ],
];

for (const [name, env, expected] of table) {
  test(`who builds: ${name}`, () => {
    const found = builderOf(env);
    assert.deepEqual(found, expected);
    assert.ok(URL.canParse(found.id));
    assert.ok(!JSON.stringify(found).includes("s3cret"));
  });
}
