import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addEnableOptions, type EnableFlags, enableRequest } from "../mesh/enable-options.js";
import { remoteOptions } from "../registry-options.js";

/** `meshwasm diff`. */
export function diffCommand(): Command {
  const command = new Command("diff")
    .description("say what `enable` with the same arguments would change; ends with 1 when it is something")
    .argument("<ref>", "HOST/REPO:TAG or HOST/REPO@DIGEST");
  return addEnableOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  meshwasm diff registry.example.com/filters/hello:1.1.0 -n shop
  meshwasm diff registry.example.com/filters/rate-limit:1.2.0 -n shop --config limits.json --json | jq .changes

The API server is asked in a dry run, so its defaults and checks are in the answer; nothing is changed. Exit codes: 0
nothing would change; 1 something would; others as everywhere.`,
    )
    .action(async (image: string, flags: EnableFlags, own: Command) => {
      const output = outputOf(own);
      const { Cluster } = await import("../mesh/cluster.js");
      const { describeDiff, diffEnable } = await import("../mesh/diff.js");
      const cluster = await Cluster.open(flags);
      const request = { ...enableRequest(image, flags), namespace: flags.namespace ?? cluster.namespace };
      const force = flags.forceConflicts ?? false;
      const diff = await diffEnable(request, await remoteOptions(flags), cluster, force);
      output.result({ ...diff, changed: diff.changes.length > 0 }, describeDiff(diff));
      if (diff.changes.length > 0) process.exitCode = 1;
    });
}
