import type { Command } from "commander";
import { MeshwasmError } from "../errors.js";
import { type RegistryFlags, readPassword } from "../registry-options.js";

/** The flags of a command that signs. */
export interface KeyFlags {
  key?: string;
  keyPasswordStdin?: boolean;
}

/** Adds the flag for the password of a private key. */
export function addKeyPasswordOption(command: Command): Command {
  return command.option(
    "--key-password-stdin",
    "read the password of an encrypted key from standard input (else $COSIGN_PASSWORD is used)",
  );
}

/**
 * Where the password of an encrypted key comes from: `--key-password-stdin`, else `COSIGN_PASSWORD`, which may be
 * empty. It is read only when a key turns out to be encrypted.
 *
 * @throws MeshwasmError USAGE when two passwords are to come from one standard input
 */
export function keyPassword(flags: KeyFlags & RegistryFlags): () => Promise<string | undefined> {
  if (flags.keyPasswordStdin && flags.passwordStdin) {
    throw new MeshwasmError("USAGE", "--password-stdin and --key-password-stdin cannot both be given", {
      hint: "put the key's password into COSIGN_PASSWORD, or log in first: meshwasm login",
    });
  }
  return async () => (flags.keyPasswordStdin ? readPassword() : process.env.COSIGN_PASSWORD);
}
