import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packCompat, push } from "@meshwasm/oras";
import type { Materials } from "./clients/client.js";
import type { Place } from "./registries/place.js";
import { runProgram } from "./run-program.js";

/** A module of 60 kB that does nothing. */
export const wasm = Uint8Array.from(
  { length: 60_000 },
  (_, index) => [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0][index] ?? (index * 31) % 251,
);

/** What our client pushes: the same as `meshwasm push plugin.wasm`. */
export const sample = packCompat({ wasm });

/** Digest of the sample's only layer. */
export const sampleLayer = sample.layers[0]?.descriptor.digest ?? "";

/** Writes the files that clients make artifacts of. */
export async function writeMaterials(folder: string): Promise<Materials> {
  const materials: Materials = {
    folder,
    wasm: join(folder, "plugin.wasm"),
    tar: join(folder, "plugin.tar"),
    config: join(folder, "config.json"),
    layout: join(folder, "layout"),
    layer: sampleLayer,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(materials.wasm, wasm);
  await writeFile(materials.config, "{}");
  await runProgram("tar", ["-cf", materials.tar, "-C", folder, "plugin.wasm"]);
  await push(sample, [`oci:${materials.layout}:1.0.0`]);
  return materials;
}

/** The environment in which every client finds credentials and certificate of a registry. */
export async function clientEnvironment(
  folder: string,
  place: Place,
): Promise<Record<string, string | undefined>> {
  const { host, credentials, caFile } = place;
  const auth = Buffer.from(`${credentials?.username}:${credentials?.password}`).toString("base64");
  const file = join(folder, "config.json");
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify({ auths: credentials ? { [host]: { auth } } : {} }));
  return {
    DOCKER_CONFIG: folder,
    REGISTRY_AUTH_FILE: file,
    REGCTL_CONFIG: join(folder, "regctl.json"),
    ...(caFile === undefined ? {} : { SSL_CERT_FILE: caFile, REQUESTS_CA_BUNDLE: caFile }),
  };
}
