import { Command } from "commander";
import { addGlobalOptions, outputOf } from "../global-options.js";

interface Flags {
  image?: string;
  rootNamespace?: string;
}

/** `meshwasm operator manifests`. */
export function operatorCommand(): Command {
  const manifests = addGlobalOptions(new Command("manifests"))
    .helpOption("-h, --help", "print help")
    .description("print what installs the operator: custom resources, roles, policies, Deployment, DaemonSet")
    .option("--image <image>", "the operator's image, from your registry")
    .option("--root-namespace <name>", "the mesh's root namespace (default: istio-system)")
    .addHelpText(
      "after",
      `
Examples:
  meshwasm operator manifests --image registry.example.com/meshwasm/operator:0.1.0 | kubectl apply --server-side -f -`,
    )
    .action(async (flags: Flags, own: Command) => {
      const { operatorManifests } = await import("../mesh/manifests.js");
      const manifests = await operatorManifests(flags);
      const { parseAllDocuments } = await import("yaml");
      const output = outputOf(own);
      const items = output.json ? parseAllDocuments(manifests).map((document) => document.toJSON()) : [];
      output.result({ apiVersion: "v1", kind: "List", items }, manifests.trimEnd());
    });
  return new Command("operator").description("the operator that runs in the cluster").addCommand(manifests);
}
