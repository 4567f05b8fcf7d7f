import { Command, CommanderError, InvalidArgumentError } from "commander";
import { operatorNamespace, rootNamespace, storeDir } from "./api/names.js";
import { MeshwasmError } from "./errors.js";
import { operatorVersion } from "./version.js";

/**
 * Runs the operator or a node's agent until the process is told to end.
 *
 * @param args the arguments after the program's name
 * @returns the exit code: 0 ended as told, 1 the work failed, 2 bad usage or input, 3 a remote side failed
 */
export async function main(args: string[]): Promise<number> {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  try {
    await createProgram(stop.signal).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = error instanceof MeshwasmError ? error : undefined;
    process.stderr.write(`error: ${known ? known.message : (error as Error).stack}\n`);
    if (known?.hint) process.stderr.write(`hint: ${known.hint}\n`);
    return known?.exitCode ?? 1;
  }
}

function createProgram(signal: AbortSignal): Command {
  const program = new Command("meshwasm-operator")
    .description("Enables Envoy filters from an OCI registry in an Istio mesh")
    .version(operatorVersion(), "--version")
    .exitOverride();
  program.addCommand(operatorCommand(signal).copyInheritedSettings(program));
  program.addCommand(agentCommand(signal).copyInheritedSettings(program));
  return program;
}

function operatorCommand(signal: AbortSignal): Command {
  return new Command("operator")
    .description("follow FilterDeployments and bring the mesh to what they ask for")
    .option("--kubeconfig <file>", "absent: $KUBECONFIG, or the pod's own ServiceAccount")
    .option("--namespace <name>", "where the operator's own objects are", operatorNamespace)
    .option("--root-namespace <name>", "the mesh's root namespace", rootNamespace)
    .option("--listen <host:port>", "for the agents", "0.0.0.0:8443")
    .option("--host <names...>", "more names under which agents reach it")
    .option("--webhook-listen <host:port>", "for the API server's admission; absent: it is not served")
    .option("--metrics-listen <host:port>", "for metrics and probes", "0.0.0.0:8080")
    .option("--store-dir <folder>", "its own copies of modules", "/var/lib/meshwasm")
    .option("--plain-http-registries <hosts...>", "registries that are asked over plain HTTP")
    .option("--stats-port <port>", "where sidecars serve their stats", port, 15090)
    .option("--image-seconds <seconds>", "how long fetching one image may take", seconds, 120)
    .option("--lease-seconds <seconds>", "how long others wait for a leader that is gone", seconds, 15)
    .action(async ({ host, leaseSeconds, imageSeconds, ...options }) => {
      const { startOperator } = await import("./operator.js");
      const times = { leaseMs: leaseSeconds * 1000, imageMs: imageSeconds * 1000 };
      await startOperator({ ...options, ...times, hosts: host }, signal);
    });
}

function agentCommand(signal: AbortSignal): Command {
  return new Command("agent")
    .description("keep the modules of one node")
    .requiredOption("--node <name>", "the node's name")
    .requiredOption("--operator-url <url>", "https://HOST:PORT of the operator")
    .requiredOption("--ca-file <file>", "PEM of the operator's authority, from the ConfigMap meshwasm-ca")
    .requiredOption("--token-file <file>", "the projected ServiceAccount token for the audience meshwasm")
    .option("--store-dir <folder>", "where sidecars read modules", storeDir)
    .option("--kubeconfig <file>", "absent: $KUBECONFIG, or the pod's own ServiceAccount")
    .action(async (options) => {
      const { startAgent } = await import("./agent/index.js");
      await startAgent(options, signal);
    });
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value < 65536) return value;
  throw new InvalidArgumentError("It must be 1 to 65535.");
}

function seconds(text: string): number {
  const value = Number(text);
  if (value >= 1 && value <= 3600) return value;
  throw new InvalidArgumentError("It must be 1 to 3600.");
}
