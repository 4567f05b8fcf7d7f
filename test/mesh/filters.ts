import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderTemplate } from "../../cli/src/init/template.js";
import { Output } from "../../cli/src/output.js";
import { pushFilter } from "../../cli/src/publish/push-filter.js";
import type { Mesh } from "./mesh.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A version of the filter in `examples/hello`. Each also refuses the greeting `refused`, and traps on requests with a
 * header `x-trap`; with the greeting `trap` on all.
 */
export interface HelloVersion {
  version: string;
  /** What its header says before the greeting; what makes it another module. */
  prefix: string;
  /** True: its VM does not start. */
  trapsAtStart?: boolean;
  /** Absent: the version. The tag of a release can be pushed once only. */
  tag?: string;
  /** Absent: `compat`. */
  format?: "compat" | "oci";
  /** Another name and root id than `hello`; such a filter adds its header to those that are there. */
  name?: string;
}

const onRequestHeaders = `
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    if (headers.has("x-trap")) unreachable();
    return Action.Continue;
  }
`;

/**
 * Builds a version of the example and pushes it into the mesh's registry.
 *
 * @returns its reference, by tag
 */
export function pushHello(
  { registry }: Pick<Mesh, "registry">,
  { version, prefix, name = "hello", tag = version, trapsAtStart = false, format = "compat" }: HelloVersion,
): Promise<string> {
  return pushFolder(`${registry.host}/filters/${name}:${tag}`, format, async (copy) => {
    await cp(join(root, "examples", "hello"), copy, {
      recursive: true,
      filter: (path) => !/\/(?:build|node_modules)$/.test(path),
    });
    for (const [what, to] of [
      ["this.root.greeting)", `"${prefix}" + this.root.greeting)`],
      [
        "return !json.isInvalid;",
        'if (this.greeting == "trap at start") unreachable();\n    return !json.isInvalid && this.greeting != "refused";',
      ],
      [
        "  onConfigure(",
        `  onStart(): bool {\n    ${trapsAtStart ? "unreachable();" : ""}\n    return true;\n  }\n  onConfigure(`,
      ],
      ["greeted.increment();", 'if (this.root.greeting == "trap") unreachable();'],
      ["  ResponseHeaders,", "  RequestHeaders,\n  ResponseHeaders,"],
      ["  onResponseHeaders(", `${onRequestHeaders}  onResponseHeaders(`],
    ] as const) {
      await change(join(copy, "assembly", "index.ts"), what, to);
    }
    if (name !== "hello") {
      await change(join(copy, "assembly", "index.ts"), '>("hello")', `>("${name}")`);
      await change(join(copy, "assembly", "index.ts"), 'headers.set("x-hello"', 'headers.add("x-hello"');
      await change(join(copy, "filter.yaml"), /^name: .*$/m, `name: ${name}`);
    }
    await change(join(copy, "filter.yaml"), /^version: .*$/m, `version: ${version}`);
  });
}

/**
 * Builds what `meshwasm init --kind network` makes and pushes it into the mesh's registry: the first bytes that come back have
 * the `banner` of its configuration in front.
 *
 * @returns its reference, by tag
 */
export function pushBanner({ registry }: Pick<Mesh, "registry">, version: string): Promise<string> {
  return pushFolder(`${registry.host}/filters/banner:${version}`, "compat", async (folder) => {
    await renderTemplate("network", folder, { name: "banner", packages: [] });
    await change(join(folder, "filter.yaml"), /^version: .*$/m, `version: ${version}`);
  });
}

/** Has a folder filled with a filter, builds it and pushes it. @returns the reference */
async function pushFolder(
  ref: string,
  format: "compat" | "oci",
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-filter-"));
  try {
    await fill(folder);
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    const output = new Output({ quiet: true });
    await pushFilter({ kind: "folder", path: folder }, [ref], { format, annotations: {}, output });
    return ref;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function change(file: string, what: string | RegExp, to: string): Promise<void> {
  const before = await readFile(file, "utf8");
  const after = before.replace(what, to);
  if (after === before) throw new Error(`${file} has no ${what}`);
  await writeFile(file, after);
}
