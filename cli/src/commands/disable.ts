import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addClusterOptions, type MeshFlags, seconds } from "../mesh/cluster-options.js";

interface Flags extends MeshFlags {
  wait?: number;
  dryRun?: boolean;
}

/** `meshwasm disable`. */
export function disableCommand(): Command {
  const command = new Command("disable")
    .description("take a filter out of the mesh; the operator does it without losing a request")
    .argument("<name>", "name of the FilterDeployment, as `meshwasm status` prints it")
    .option("--wait <seconds>", "wait until nothing of it is left; exit code 1 when something is", seconds)
    .option("--dry-run", "let the API server check it, and change nothing");
  return addClusterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  meshwasm disable hello -n shop
  meshwasm disable hello -n shop --wait 120`,
    )
    .action(async (name: string, flags: Flags, own: Command) => {
      const output = outputOf(own);
      const { Cluster } = await import("../mesh/cluster.js");
      const { disableFilter } = await import("../mesh/disable.js");
      const cluster = await Cluster.open(flags);
      const namespace = flags.namespace ?? cluster.namespace;
      await disableFilter(cluster, { namespace, name }, flags.dryRun ?? false);
      const isGone = flags.wait !== undefined && !flags.dryRun;
      if (isGone) {
        const { waitUntilGone } = await import("../mesh/wait.js");
        await waitUntilGone(cluster, { namespace, name }, flags.wait ?? 0);
      }
      const words = flags.dryRun ? "would be disabled" : isGone ? "disabled, and gone" : "is being disabled";
      output.result(
        { namespace, name, dryRun: flags.dryRun ?? false, gone: isGone },
        `${namespace}/${name} ${words}`,
      );
    });
}
