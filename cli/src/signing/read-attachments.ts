import { MeshwasmError } from "../errors.js";
import type { AttachmentsOptions } from "../publish/attachments.js";
import type { RegistryFlags } from "../registry-options.js";
import { type KeyFlags, keyPassword } from "./key-options.js";
import { readPrivateKey } from "./read-key.js";

/** The flags of `push` about what it attaches. */
export interface AttachmentFlags extends RegistryFlags, KeyFlags {
  sign?: boolean;
  provenance?: boolean;
  sbom?: boolean;
}

/**
 * What `push` is to attach, with its key read; undefined: nothing.
 *
 * @throws MeshwasmError USAGE when flags contradict each other, and those of `readPrivateKey`
 */
export async function readAttachments(flags: AttachmentFlags): Promise<AttachmentsOptions | undefined> {
  const { sign, provenance, sbom, key } = flags;
  if (sign && key === undefined) {
    throw new MeshwasmError("USAGE", "--sign needs the private key: --key is missing", {
      hint: "for example: meshwasm push registry.example.com/filters/hello:1.0.0 --sign --key cosign.key",
    });
  }
  if (!sign && !provenance && !sbom) {
    if (key === undefined) return undefined;
    throw new MeshwasmError("USAGE", "--key was given, but nothing to sign with it", { hint: "add --sign" });
  }
  const password = keyPassword(flags);
  return {
    sign,
    provenance,
    sbom,
    ...(key === undefined ? {} : { key: await readPrivateKey(key, password) }),
  };
}
