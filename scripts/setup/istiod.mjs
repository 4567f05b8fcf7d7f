import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { capture, root } from "../run.mjs";
import { cached, cacheFolder, exists } from "./cache.mjs";
import { haveGo, runGo } from "./go.mjs";
import { ensureGoTool } from "./go-tools.mjs";

/** The commit that go-modules/pilot-discovery/go.mod names, of Istio's release line 1.31. */
export const istioVersion = "1.31-eed52ebb66ad";

/** Istio's folder in the cache: `pilot-discovery`, `crds.yaml`, and the manifests below. */
export function istiodFolder() {
  return join(cacheFolder(), `istiod-${istioVersion}`);
}

/** What Istio's chart brings into a cluster for injection and validation, rendered with its default values. */
const manifests = ["istiod-injector-configmap", "mutatingwebhook", "validatingwebhookconfiguration"];

/** Finds istiod; with `install` builds it from its Go module. Returns whether it is there. */
export async function ensureIstiod({ install }) {
  if (await exists(istiodFolder())) return true;
  if (!install || !(await haveGo())) return false;
  const helm = await ensureGoTool("helm", { install });
  await cached(`istiod-${istioVersion}`, async (partial) => {
    console.log(`building istiod ${istioVersion}, once; about 6 minutes on two cores`);
    const source = join(partial, "source");
    await cp(join(root, "scripts", "setup", "go-modules", "pilot-discovery"), source, { recursive: true });
    await runGo(["build", "-trimpath", "-ldflags=-s -w", "-o", join(partial, "pilot-discovery"), "."], {
      cwd: source,
    });
    await copyManifests(partial, source, helm);
  });
  return true;
}

async function copyManifests(folder, source, helm) {
  const module = await capture("go", ["-C", source, "list", "-m", "-f", "{{.Dir}}", "istio.io/istio"]);
  if (!module) throw new Error("go list does not know where the module istio.io/istio is");
  const charts = join(module, "manifests", "charts");
  await cp(join(charts, "base", "files", "crd-all.gen.yaml"), join(folder, "crds.yaml"));
  const chart = join(charts, "istio-control", "istio-discovery");
  for (const name of manifests) {
    const template = ["--namespace", "istio-system", "--show-only", `templates/${name}.yaml`];
    const text = await capture(helm, ["template", "istiod", chart, ...template]);
    if (!text) throw new Error(`helm could not render ${name}.yaml of ${chart}`);
    await writeFile(join(folder, `${name}.yaml`), text);
  }
}
