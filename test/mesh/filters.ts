import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
export async function pushHello(
  { registry }: Pick<Mesh, "registry">,
  { version, prefix, name = "hello", tag = version, trapsAtStart = false, format = "compat" }: HelloVersion,
): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "meshwasm-hello-"));
  try {
    await cp(join(root, "examples", "hello"), copy, {
      recursive: true,
      filter: (path) => !/\/(?:build|node_modules)$/.test(path),
    });
    await symlink(join(root, "node_modules"), join(copy, "node_modules"));
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
    const ref = `${registry.host}/filters/${name}:${tag}`;
    const output = new Output({ quiet: true });
    const source = { kind: "folder", path: copy } as const;
    await pushFilter(source, [ref], { format, annotations: {}, output });
    return ref;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** A network filter: the first bytes that come back have the banner of its configuration in front. */
const bannerSource = `import {
  Action,
  NetworkFilter,
  PluginConfiguration,
  registerNetworkFilter,
  RootContext,
  StreamData,
} from "@meshwasm/sdk/assembly";

class Banner extends RootContext {
  text: string = "";

  onConfigure(configuration: PluginConfiguration): bool {
    this.text = configuration.json().get("banner").asString("");
    return true;
  }
}

class BannerFilter extends NetworkFilter<Banner> {
  isWritten: bool = false;

  onUpstreamData(data: StreamData, size: u32, endOfStream: bool): Action {
    if (!this.isWritten) data.prepend(this.root.text);
    this.isWritten = true;
    return Action.Continue;
  }
}

registerNetworkFilter<BannerFilter, Banner>("banner");
`;

/** Builds that network filter and pushes it into the mesh's registry. @returns its reference, by tag */
export async function pushBanner(mesh: Pick<Mesh, "registry">, version: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-banner-"));
  try {
    await cp(join(root, "examples", "hello", "asconfig.json"), join(folder, "asconfig.json"));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "filter.yaml"), `name: banner\nversion: ${version}\nkind: network\n`);
    await mkdir(join(folder, "assembly"));
    await writeFile(join(folder, "assembly", "index.ts"), bannerSource);
    const ref = `${mesh.registry.host}/filters/banner:${version}`;
    const output = new Output({ quiet: true });
    await pushFilter({ kind: "folder", path: folder }, [ref], { format: "compat", annotations: {}, output });
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
