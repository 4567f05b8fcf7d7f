import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

/** `meshwasm delete`. */
export function deleteCommand(): Command {
  return addRegistryOptions(
    new Command("delete")
      .description("delete a tag, or by digest an artifact with all its tags")
      .argument("<ref>", "HOST/REPO:TAG or HOST/REPO@DIGEST, or oci:DIR:TAG")
      .option("--force", "delete the tag of a release, or a digest, which others may have pinned"),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm delete registry.example.com/filters/hello:my-branch
  meshwasm delete registry.example.com/filters/hello@sha256:… --force

What was behind it stays until the registry collects its garbage.`,
    )
    .action(async (ref: string, flags: RegistryFlags & { force?: boolean }, command: Command) => {
      const output = outputOf(command);
      const { deleteArtifact } = await import("@meshwasm/oras");
      const result = await deleteArtifact(ref, { ...(await remoteOptions(flags)), force: flags.force });
      output.result(result, `${result.ref} is deleted; it was ${result.digest}`);
    });
}
