import { Command, Option } from "commander";
import { MeshwasmError } from "../errors.js";
import { outputOf } from "../global-options.js";
import { addClusterOptions, type MeshFlags, seconds } from "../mesh/cluster-options.js";
import type { Output } from "../output.js";

interface Flags extends MeshFlags {
  all?: boolean;
  undo?: boolean;
  wait?: number;
  dryRun?: boolean;
}

/** Seconds that `--all` waits for pods to be told, unless told otherwise. */
const waitForAll = 30;

/** `meshwasm disable`. */
export function disableCommand(): Command {
  const command = new Command("disable")
    .description("take a filter out of the mesh without losing a request; or have all do nothing, at once")
    .argument("[name]", "name of the FilterDeployment, as `meshwasm status` prints it")
    .addOption(
      new Option("--all", "have every filter of the mesh do nothing, until --undo").conflicts("namespace"),
    )
    .option("--undo", "with --all: let every filter do again what it did")
    .option("--wait <seconds>", "wait until nothing of it is left; exit code 1 when something is", seconds)
    .option("--dry-run", "let the API server check it, and change nothing");
  return addClusterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  meshwasm disable hello -n shop
  meshwasm disable hello -n shop --wait 120
  meshwasm disable --all
  meshwasm disable --all --undo

--all is for emergencies. It takes nothing out of the mesh: a FilterPolicy has the operator give every pod a content that
does nothing, which closes no connection, and new pods get it too. It waits ${waitForAll} s for that, or as long as --wait says.`,
    )
    .action(async (name: string | undefined, flags: Flags, own: Command) => {
      if ((name === undefined) !== (flags.all ?? false)) {
        throw new MeshwasmError("USAGE", "name one FilterDeployment, or --all", {
          hint: "see what there is: meshwasm status --all-namespaces",
        });
      }
      if (flags.undo && !flags.all) throw new MeshwasmError("USAGE", "--undo goes with --all");
      if (name === undefined) await disableEverything(flags, outputOf(own));
      else await disableOne(name, flags, outputOf(own));
    });
}

async function disableOne(name: string, flags: Flags, output: Output): Promise<void> {
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
}

async function disableEverything(flags: Flags, output: Output): Promise<void> {
  const { Cluster } = await import("../mesh/cluster.js");
  const { disableAll, disableAllPolicy, undoDisableAll, waitUntilDisabled } = await import(
    "../mesh/disable-all.js"
  );
  const cluster = await Cluster.open(flags);
  const dryRun = flags.dryRun ?? false;
  const document = { policy: disableAllPolicy, undone: flags.undo ?? false, dryRun };
  const would = dryRun ? "would be " : "";
  if (flags.undo) {
    await undoDisableAll(cluster, dryRun);
    return output.result(
      document,
      `FilterPolicy ${disableAllPolicy} ${would}deleted: filters do again what they did`,
    );
  }
  await disableAll(cluster, dryRun);
  if (dryRun) return output.result(document, `FilterPolicy ${disableAllPolicy} ${would}made`);
  output.info(`made FilterPolicy ${disableAllPolicy}; waiting until every pod is told`);
  const filters = await waitUntilDisabled(cluster, flags.wait ?? waitForAll);
  output.result(
    { ...document, filters },
    `${filters} filters do nothing on every pod; take it back with: meshwasm disable --all --undo`,
  );
}
