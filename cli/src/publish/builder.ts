/** Who builds, for provenance. */
export interface Builder {
  /** A URI. */
  id: string;
  /** The run, as a URI; absent: not on a CI system that we know. */
  invocationId?: string;
}

/**
 * Who builds here: the workflow on GitHub Actions and GitLab CI, else a person's own machine, of which nothing is told.
 * Only the variables that both document as public are read.
 * See https://docs.github.com/en/actions/reference/workflows-and-actions/variables and
 * https://docs.gitlab.com/ci/variables/predefined_variables/.
 */
export function builderOf(env: Readonly<Record<string, string | undefined>>): Builder {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_WORKFLOW_REF: workflow } = env;
  if (env.GITHUB_ACTIONS === "true" && server && repository && workflow) {
    const attempt = `/attempts/${env.GITHUB_RUN_ATTEMPT ?? "1"}`;
    return {
      id: `${server}/${workflow}`,
      ...(env.GITHUB_RUN_ID && {
        invocationId: `${server}/${repository}/actions/runs/${env.GITHUB_RUN_ID}${attempt}`,
      }),
    };
  }
  const { CI_PROJECT_URL: project, CI_JOB_URL: job } = env;
  if (env.GITLAB_CI === "true" && project) {
    const config = env.CI_CONFIG_PATH || ".gitlab-ci.yml";
    const ref = env.CI_COMMIT_REF_NAME ? `@${env.CI_COMMIT_REF_NAME}` : "";
    return { id: `${project}//${config}${ref}`, ...(job && { invocationId: job }) };
  }
  return { id: "https://meshwasm.io/builders/own-machine" };
}
