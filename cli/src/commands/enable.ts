import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { seconds } from "../mesh/cluster-options.js";
import { addEnableOptions, type EnableFlags, enableRequest } from "../mesh/enable-options.js";
import { remoteOptions } from "../registry-options.js";

interface Flags extends EnableFlags {
  wait?: number;
  dryRun?: boolean;
}

/** `meshwasm enable`. */
export function enableCommand(): Command {
  const command = new Command("enable")
    .description("enable a filter on workloads of a namespace, or change how it is enabled")
    .argument("<ref>", "HOST/REPO:TAG or HOST/REPO@DIGEST")
    .option("--wait <seconds>", "wait until the Envoys run it; exit code 1 when they do not", seconds)
    .option("--dry-run", "print the FilterDeployment as YAML; no cluster is asked");
  return addEnableOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  meshwasm enable registry.example.com/filters/hello:1.0.0 -n shop -l app=productpage
  meshwasm enable registry.example.com/filters/rate-limit:1.2.0 -n shop --config limits.json --wait 120
  meshwasm enable registry.example.com/filters/hello:1.1.0 -n shop --dry-run > hello.yaml

What is not said stays as it is: an upgrade keeps workloads and configuration. The configuration is checked against the
schema inside the artifact before anything is changed.`,
    )
    .action(async (image: string, flags: Flags, own: Command) => {
      const output = outputOf(own);
      const { applyFilter, prepareEnable } = await import("../mesh/enable.js");
      const request = enableRequest(image, flags);
      const remote = await remoteOptions(flags);
      if (flags.dryRun) {
        const { stringify } = await import("yaml");
        const { object } = await prepareEnable(
          { ...request, namespace: flags.namespace ?? "default" },
          remote,
        );
        return output.result(object, stringify(object).trimEnd());
      }
      const { Cluster } = await import("../mesh/cluster.js");
      const cluster = await Cluster.open(flags);
      const namespace = flags.namespace ?? cluster.namespace;
      const { object, digest } = await prepareEnable({ ...request, namespace }, remote, cluster);
      const applied = await applyFilter(cluster, object, flags.forceConflicts ?? false);
      if (flags.wait !== undefined) {
        const { waitUntilReady } = await import("../mesh/wait.js");
        output.info(`waiting until ${namespace}/${object.metadata.name} is ready`);
        await waitUntilReady(cluster, object.metadata, flags.wait);
      }
      const { generation } = applied.metadata;
      const place = { namespace, name: object.metadata.name };
      output.result(
        { ...place, image: object.spec.filter.image, digest, generation, ready: flags.wait !== undefined },
        `enabled ${object.spec.filter.image} as ${namespace}/${place.name}${flags.wait === undefined ? "" : ", and ready"}`,
      );
    });
}
