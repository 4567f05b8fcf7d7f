import { type Command, InvalidArgumentError } from "commander";
import type { ClusterFlags } from "./cluster.js";

/** The flags of every command that talks to a cluster. */
export interface MeshFlags extends ClusterFlags {
  namespace?: string;
}

/** Adds the flags of every command that talks to a cluster. */
export function addClusterOptions(command: Command): Command {
  return command
    .option("-n, --namespace <name>", "the namespace (default: the kubeconfig context's)")
    .option("--kubeconfig <file>", "default: $KUBECONFIG, then ~/.kube/config")
    .option("--context <name>", "a context of the kubeconfig (default: its current one)");
}

/** For `--wait`: whole seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError("It must be whole seconds, 1 to 86400.");
}
