import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";
import { addKeyPasswordOption, type KeyFlags, keyPassword } from "../signing/key-options.js";

/** `meshwasm sign`. */
export function signCommand(): Command {
  const command = new Command("sign")
    .description("sign an artifact with a key, as cosign does")
    .argument("<ref>", "HOST/REPO[:TAG][@DIGEST], or oci:DIR[:TAG]")
    .requiredOption("--key <file>", "the private key: PEM, ECDSA P-256 or Ed25519, plain or encrypted");
  return addRegistryOptions(addKeyPasswordOption(command))
    .addHelpText(
      "after",
      `
Examples:
  meshwasm sign registry.example.com/filters/hello:1.0.0 --key cosign.key
  printf %s "$KEY_PASSWORD" | meshwasm sign registry.example.com/filters/hello:1.0.0 --key cosign.key --key-password-stdin

What a tag names now is signed, by its digest. The signature is a referrer of the artifact; cosign verifies it with:
  cosign verify --key cosign.pub --insecure-ignore-tlog registry.example.com/filters/hello:1.0.0`,
    )
    .action(async (ref: string, flags: RegistryFlags & KeyFlags, command: Command) => {
      const output = outputOf(command);
      const password = keyPassword(flags);
      const { sign } = await import("@meshwasm/oras");
      const { readPrivateKey } = await import("../signing/read-key.js");
      const { describeSigned } = await import("../signing/describe.js");
      const key = await readPrivateKey(flags.key ?? "", password);
      const result = await sign(ref, key, await remoteOptions(flags));
      output.result(result, describeSigned(result));
    });
}
