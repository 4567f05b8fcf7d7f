import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";
import type { VerifyFlags } from "../signing/verify-artifact.js";

/** `meshwasm verify`. */
export function verifyCommand(): Command {
  return addRegistryOptions(
    new Command("verify")
      .description("check who signed an artifact; ends with 1 when nobody did who is asked for")
      .argument("<ref>", "HOST/REPO[:TAG][@DIGEST], or oci:DIR[:TAG]")
      .option("--key <file>", "a public key; may be repeated, then any of them will do", collect, [])
      .option("--policy <file>", "a policy instead: who must have signed what, YAML or JSON")
      .option("--trusted-root <file>", "the trusted_root.json that identities are verified against")
      .option("--certificate-identity <text>", "signed without a key, by this mail address or workflow")
      .option("--certificate-identity-regexp <pattern>", "the same as a pattern, which must match all of it")
      .option("--certificate-oidc-issuer <url>", "who says that it is them")
      .option("--certificate-oidc-issuer-regexp <pattern>", "the same as a pattern")
      .option("--predicate-type <uri>", "ask for a signed attestation of this type, not for a signature"),
  )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm verify registry.example.com/filters/hello:1.0.0 --key cosign.pub
  meshwasm verify registry.example.com/filters/hello:1.0.0 --policy signatures.yaml
  meshwasm verify oci:./mirror:1.0.0 --key cosign.pub --predicate-type https://slsa.dev/provenance/v1

Signatures of cosign count in both of its formats. Nothing but the registry is asked.`,
    )
    .action(async (ref: string, flags: RegistryFlags & VerifyFlags, command: Command) => {
      const output = outputOf(command);
      const { verifyArtifact } = await import("../signing/verify-artifact.js");
      const { describeVerified } = await import("../signing/describe.js");
      const result = await verifyArtifact(ref, flags, await remoteOptions(flags));
      output.result(result, describeVerified(result));
    });
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
