import { Command, Option } from "commander";
import { outputOf } from "../global-options.js";
import { addClusterOptions, type MeshFlags } from "../mesh/cluster-options.js";

interface Flags extends MeshFlags {
  allNamespaces?: boolean;
}

/** `meshwasm status`. */
export function statusCommand(): Command {
  const command = new Command("status")
    .description("say which filters are enabled, and what each pod was seen to run")
    .argument("[name]", "one FilterDeployment (default: all of the namespace)")
    .addOption(new Option("-A, --all-namespaces", "those of all namespaces").conflicts("namespace"));
  return addClusterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  meshwasm status -n shop
  meshwasm status hello -n shop --json | jq -r '.filters[0].ready'`,
    )
    .action(async (name: string | undefined, flags: Flags, own: Command) => {
      const output = outputOf(own);
      const { Cluster } = await import("../mesh/cluster.js");
      const { readStatus } = await import("../mesh/status.js");
      const { describeStatus } = await import("../mesh/describe.js");
      const cluster = await Cluster.open(flags);
      const all = flags.allNamespaces && name === undefined;
      const filters = await readStatus(
        cluster,
        all ? undefined : (flags.namespace ?? cluster.namespace),
        name,
      );
      output.result({ filters }, describeStatus(filters));
    });
}
