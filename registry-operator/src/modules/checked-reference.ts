import { isLayoutReference, parseReference, type RegistryReference } from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";
import { isAllowedRegistry } from "./allowed-registries.js";
import type { ModuleRules } from "./contract.js";

/**
 * The place that an image names, when it is one that the rules allow; nobody is asked.
 *
 * @throws MeshwasmError ImageInvalid, RegistryNotAllowed; the OCI client's REFERENCE_INVALID
 */
export function checkedReference(
  image: string,
  rules: Pick<ModuleRules, "allowedRegistries">,
): RegistryReference {
  const reference = parseReference(image);
  if (isLayoutReference(reference)) {
    // Who may write a resource must not be able to read the operator's disk.
    throw new MeshwasmError(
      "ImageInvalid",
      `${image} is a folder; the operator fetches from registries only`,
      {
        hint: "write HOST/REPOSITORY[:TAG][@DIGEST]",
      },
    );
  }
  const place = `${reference.host}/${reference.repository}`;
  if (!isAllowedRegistry(place, rules.allowedRegistries)) {
    throw new MeshwasmError("RegistryNotAllowed", `a FilterPolicy does not allow filters from ${place}`, {
      hint: "ask for the place to be added to allowedRegistries, or copy the image to an allowed one",
    });
  }
  return reference;
}
