import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

/** `meshwasm list`. */
export function listCommand(): Command {
  return addRegistryOptions(
    new Command("list")
      .description(
        "list the tags of a repository, the highest version first, or the repositories of a registry",
      )
      .argument("<repo>", "HOST/REPO, or oci:DIR; or HOST, where the registry lists its repositories")
      .option("--all", "tags that only hold signatures too"),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm list registry.example.com/filters/hello
  meshwasm list registry.internal:5000
  meshwasm list oci:./mirror --json | jq -r '.tags[]'`,
    )
    .action(async (repo: string, flags: RegistryFlags & { all?: boolean }, command: Command) => {
      const output = outputOf(command);
      const { listRepositories, listTags } = await import("@meshwasm/oras");
      const remote = await remoteOptions(flags);
      if (!repo.includes("/") && !repo.startsWith("oci:")) {
        const repositories = await listRepositories(repo, remote);
        output.result({ registry: repo, repositories }, repositories.join("\n"));
        return;
      }
      const tags = await listTags(repo, { ...remote, all: flags.all });
      output.result({ repository: repo, tags }, tags.join("\n"));
    });
}
