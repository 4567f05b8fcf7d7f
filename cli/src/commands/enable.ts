import { Command, InvalidArgumentError, Option } from "commander";
import { outputOf } from "../global-options.js";
import { addClusterOptions, type MeshFlags, seconds } from "../mesh/cluster-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

interface Flags extends RegistryFlags, MeshFlags {
  name?: string;
  selector?: string[];
  allWorkloads?: boolean;
  config?: string;
  pullSecret?: string[];
  failurePolicy?: string;
  direction?: string;
  port?: number[];
  restart?: string;
  pin?: boolean;
  forceConflicts?: boolean;
  wait?: number;
  dryRun?: boolean;
}

/** `meshwasm enable`. */
export function enableCommand(): Command {
  const command = new Command("enable")
    .description("enable a filter on workloads of a namespace, or change how it is enabled")
    .argument("<ref>", "HOST/REPO:TAG or HOST/REPO@DIGEST")
    .option("-l, --selector <labels>", "only pods with these labels: app=shop,version=v1", collect)
    .addOption(
      new Option(
        "--all-workloads",
        "every workload of the namespace, also where labels were given before",
      ).conflicts("selector"),
    )
    .option(
      "--config <file>",
      "the filter's configuration, JSON or YAML; checked against the artifact's schema",
    )
    .option("--name <name>", "name of the FilterDeployment (default: the filter's)")
    .option(
      "--pull-secret <name>",
      "a secret of the namespace with which the operator pulls; may be repeated",
      collect,
    )
    .addOption(
      new Option("--failure-policy <policy>", "after a crash of the filter").choices([
        "FailReload",
        "FailClosed",
        "FailOpen",
      ]),
    )
    .addOption(
      new Option("--direction <direction>", "which traffic").choices(["Inbound", "Outbound", "Gateway"]),
    )
    .option("--port <port>", "only listeners of this port; may be repeated", collectPort)
    .addOption(new Option("--restart <mode>", "of workloads that lack the mount").choices(["Auto", "Never"]))
    .option("--pin", "add the digest, so that a moved tag changes nothing")
    .option("--force-conflicts", "take over fields that somebody else manages")
    .option("--wait <seconds>", "wait until the Envoys run it; exit code 1 when they do not", seconds)
    .option("--dry-run", "print the FilterDeployment as YAML; no cluster is asked");
  return addRegistryOptions(addClusterOptions(command))
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
      const { parseSelector } = await import("../mesh/selector.js");
      const { applyFilter, prepareEnable } = await import("../mesh/enable.js");
      const selector = flags.allWorkloads ? {} : flags.selector && parseSelector(flags.selector);
      const { name, config, pullSecret, failurePolicy, direction, port, restart, pin } = flags;
      const request = {
        image,
        ...(name !== undefined && { name }),
        ...(selector && { selector }),
        ...(config !== undefined && { configFile: config }),
        ...(pullSecret && { pullSecrets: pullSecret }),
        ...(failurePolicy !== undefined && { failurePolicy }),
        ...(direction !== undefined && { direction }),
        ...(port && { ports: port }),
        ...(restart !== undefined && { restart }),
        ...(pin && { pin }),
      };
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

function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function collectPort(text: string, before: number[] | undefined): number[] {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError("It must be 1 to 65535.");
  return [...(before ?? []), value];
}
