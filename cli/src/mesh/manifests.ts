import { readFile } from "node:fs/promises";
import { MeshwasmError } from "../errors.js";

/** The image that the manifests name until somebody says another one. */
const placeholder = /registry\.example\.com\/meshwasm\/operator:[0-9A-Za-z.+-]+/g;

/**
 * The operator's manifests: custom resources, roles, policies, Deployment and DaemonSet, as one YAML stream.
 *
 * @param options `image`: absent, the placeholder stays; `rootNamespace`: absent, `istio-system`
 * @throws MeshwasmError USAGE
 */
export async function operatorManifests(options: {
  image?: string;
  rootNamespace?: string;
}): Promise<string> {
  // cli/dist/mesh and cli/src/mesh are equally deep.
  const text = await readFile(new URL("../../templates/operator.yaml", import.meta.url), "utf8");
  const { image, rootNamespace } = options;
  if (image !== undefined && !/^[A-Za-z0-9][^\s"'{}[\],#]{2,511}$/.test(image)) {
    throw new MeshwasmError("USAGE", `--image ${image} is no image`);
  }
  if (rootNamespace !== undefined && !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(rootNamespace)) {
    throw new MeshwasmError("USAGE", `--root-namespace ${rootNamespace} is no name of a namespace`);
  }
  const named = image === undefined ? text : text.replaceAll(placeholder, () => image);
  return rootNamespace === undefined
    ? named
    : named.replaceAll("--root-namespace=istio-system", `--root-namespace=${rootNamespace}`);
}
