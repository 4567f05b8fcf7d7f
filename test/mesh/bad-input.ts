import { generateKeyPairSync } from "node:crypto";
import { filterModule, pushFilter } from "../../registry-operator/src/modules/testing/filters.js";
import type { Mesh } from "./mesh.js";

/** Something that nobody can enable. */
export interface BadInput {
  /** Of `spec.filter`. */
  filter: { image: string; config?: object };
  /** What a FilterPolicy asks of the namespace. Absent: nothing. */
  policy?: object;
  /** What says so. */
  condition: "Resolved" | "Verified";
  reason: string;
  message: RegExp;
}

/** Puts into the registry what it takes, and gives one of each kind. */
export async function badInputs({ registry }: Pick<Mesh, "registry">): Promise<BadInput[]> {
  const put = async (name: string, wasm = filterModule(), files: Record<string, string> = {}) => {
    const image = `${registry.host}/bad/${name}:1.0.0`;
    await pushFilter(image, wasm, { files });
    return { image };
  };
  const schema = { type: "object", properties: { rps: { type: "integer" } } };
  const alien = filterModule("", { imports: '(import "env" "alien" (func (param i32)))' });
  const log = filterModule("", {
    imports: '(import "env" "proxy_log" (func (param i32 i32 i32) (result i32)))',
  });
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = String(publicKey.export({ type: "spki", format: "pem" }));
  const verified = { condition: "Verified" } as const;
  return [
    {
      filter: { image: `${registry.host}/bad/none:1.0.0` },
      ...{ condition: "Resolved", reason: "ImageNotFound", message: /has no bad\/none:1\.0\.0/ },
    },
    {
      filter: await put("private"),
      ...{ condition: "Resolved", reason: "RegistryUnauthorized", message: /imagePullSecrets/ },
    },
    {
      filter: await put("broken", filterModule().slice(0, 20)),
      ...{ ...verified, reason: "ModuleInvalid", message: /Failed to parse corrupted Wasm module/ },
    },
    {
      filter: await put("import", alien),
      ...{ ...verified, reason: "ImportMissing", message: /env\.alien/ },
    },
    {
      filter: {
        ...(await put("schema", filterModule(), { "config.schema.json": JSON.stringify(schema) })),
        config: { rps: "ten" },
      },
      ...{ ...verified, reason: "ConfigInvalid", message: /rps must be integer/ },
    },
    {
      filter: await put("unsigned"),
      policy: { signing: { publicKeys: [key] } },
      ...{ ...verified, reason: "SignatureMissing", message: /meshwasm sign/ },
    },
    {
      filter: await put("large", filterModule(`(data (i32.const 0) "${"x".repeat(5_000)}")`)),
      policy: { maxModuleBytes: 1_000 },
      ...{ ...verified, reason: "ModuleTooLarge", message: /the limit is 1000/ },
    },
    {
      filter: await put("capable", log),
      policy: { allowedCapabilities: [] },
      ...{ ...verified, reason: "CapabilityNotAllowed", message: /proxy_log/ },
    },
  ];
}
