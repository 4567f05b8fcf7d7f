import type { RemoteOptions } from "@meshwasm/oras";
import type { Command } from "commander";
import { MeshwasmError } from "./errors.js";

/** The flags of every command that talks to a registry. */
export interface RegistryFlags {
  plainHttp?: boolean;
  insecure?: boolean;
  caFile?: string;
  username?: string;
  passwordStdin?: boolean;
}

/** Adds the flags of every command that talks to a registry. */
export function addRegistryOptions(command: Command): Command {
  return command
    .option(
      "--plain-http",
      "HTTP without TLS (the default for loopback addresses only, unless a flag about TLS is given)",
    )
    .option("--insecure", "TLS without checking the registry's certificate")
    .option("--ca-file <pem>", "trust the certificate authorities in this file too")
    .option("--username <name>", "log in as this user, with --password-stdin")
    .option("--password-stdin", "read the password or token from standard input");
}

/**
 * What the flags mean to the client. Reads standard input when `--password-stdin` is given; without it the Docker
 * credential file and its helpers are asked, once the registry wants to know.
 *
 * @throws MeshwasmError USAGE
 */
export async function remoteOptions(flags: RegistryFlags): Promise<RemoteOptions> {
  if ((flags.username === undefined) !== !flags.passwordStdin) {
    throw new MeshwasmError("USAGE", "--username and --password-stdin belong together", {
      hint: 'for example: printf %s "$TOKEN" | meshwasm push --username ci --password-stdin …',
    });
  }
  const { loadCredentials } = await import("@meshwasm/oras");
  // Who says how TLS is to be checked wants TLS, of a loopback registry too.
  const wantsTls = flags.insecure || flags.caFile !== undefined;
  return {
    ...(flags.plainHttp ? { plainHttp: true } : wantsTls && { plainHttp: false }),
    ...(flags.insecure && { insecure: true }),
    ...(flags.caFile !== undefined && { caFile: flags.caFile }),
    ...(flags.username === undefined
      ? { credentialsFor: (host) => loadCredentials(host) }
      : { credentials: { username: flags.username, password: await readPassword() } }),
  };
}

/** A password is a line; nobody has one this long. */
const maxPasswordBytes = 64 * 1024;

/** The line on standard input. @throws MeshwasmError USAGE without one, or without an end */
export async function readPassword(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) {
    text += chunk;
    if (text.length > maxPasswordBytes)
      throw new MeshwasmError("USAGE", "the password on standard input has no end");
  }
  const password = text.replace(/\r?\n$/, "");
  if (password === "") throw new MeshwasmError("USAGE", "standard input held no password");
  return password;
}
