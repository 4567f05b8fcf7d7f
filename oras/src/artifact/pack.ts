import { MeshwasmError } from "../errors.js";
import { packCncf } from "./pack-cncf.js";
import { packCompat } from "./pack-compat.js";
import { type OciInput, packOci } from "./pack-oci.js";
import type { PackedArtifact } from "./packed.js";

const packers = { compat: packCompat, oci: packOci, cncf: packCncf } as const;

/** A layout of an artifact; see the README for who loads which. */
export type Format = keyof typeof packers;

/** Every format that {@link pack} knows, the default first. */
export const formats = Object.keys(packers) as readonly Format[];

/**
 * Packs a filter in a format; `rootIds` and `abiVersions` are for `oci` and mean nothing to the others.
 * @param format absent: `compat`.
 * @throws MeshwasmError OPTION_INVALID for an unknown format; INPUT_INVALID as the packer of the format says.
 */
export function pack(input: OciInput, format: Format = "compat"): PackedArtifact {
  if (!Object.hasOwn(packers, format)) {
    throw new MeshwasmError("OPTION_INVALID", `there is no format ${JSON.stringify(format)}`, {
      hint: `use ${formats.join(", ")}`,
    });
  }
  return packers[format](input);
}
