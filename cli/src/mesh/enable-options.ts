import { type Command, InvalidArgumentError, Option } from "commander";
import { type FilterPhase, filterPhases } from "../filter/manifest.js";
import { addRegistryOptions, type RegistryFlags } from "../registry-options.js";
import { addClusterOptions, type MeshFlags } from "./cluster-options.js";
import type { EnableRequest } from "./enable.js";
import { parseSelector } from "./selector.js";

/** The flags that say how a filter is enabled. */
export interface EnableFlags extends RegistryFlags, MeshFlags {
  name?: string;
  selector?: string[];
  allWorkloads?: boolean;
  config?: string;
  pullSecret?: string[];
  failurePolicy?: string;
  direction?: string;
  port?: number[];
  delivery?: string;
  restart?: string;
  phase?: FilterPhase;
  priority?: number;
  pin?: boolean;
  forceConflicts?: boolean;
}

/** Adds the flags that say how a filter is enabled, with those of the cluster and of the registry. */
export function addEnableOptions(command: Command): Command {
  command
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
    .addOption(
      new Option("--delivery <mode>", "how the module gets into the sidecars").choices([
        "Auto",
        "HostPath",
        "ImageVolume",
      ]),
    )
    .addOption(new Option("--restart <mode>", "of workloads that lack the mount").choices(["Auto", "Never"]))
    .addOption(
      new Option("--phase <phase>", "where in the chain (default: what the filter says)").choices(
        filterPhases,
      ),
    )
    .option("--priority <number>", "among the filters of the phase: the higher one comes first", priorityOf)
    .option("--pin", "add the digest, so that a moved tag changes nothing")
    .option("--force-conflicts", "take over fields that somebody else manages");
  return addRegistryOptions(addClusterOptions(command));
}

/** What the flags ask for; the namespace is the caller's to choose. @throws MeshwasmError USAGE */
export function enableRequest(image: string, flags: EnableFlags): Omit<EnableRequest, "namespace"> {
  const { name, config, pullSecret, failurePolicy, direction, port, delivery, restart } = flags;
  const { phase, priority, pin } = flags;
  const selector = flags.allWorkloads ? {} : flags.selector && parseSelector(flags.selector);
  return {
    image,
    ...(name !== undefined && { name }),
    ...(selector && { selector }),
    ...(config !== undefined && { configFile: config }),
    ...(pullSecret && { pullSecrets: pullSecret }),
    ...(failurePolicy !== undefined && { failurePolicy }),
    ...(direction !== undefined && { direction }),
    ...(port && { ports: port }),
    ...(delivery !== undefined && { delivery }),
    ...(restart !== undefined && { restart }),
    ...(phase !== undefined && { phase }),
    ...(priority !== undefined && { priority }),
    ...(pin && { pin }),
  };
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function priorityOf(text: string): number {
  const value = Number(text);
  if (!/^-?\d{1,7}$/.test(text) || Math.abs(value) > 1_000_000)
    throw new InvalidArgumentError("It must be -1000000 to 1000000.");
  return value;
}

function collectPort(text: string, before: number[] | undefined): number[] {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError("It must be 1 to 65535.");
  return [...(before ?? []), value];
}
