import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { addRegistryOptions, type RegistryFlags, remoteOptions } from "../registry-options.js";

/** `meshwasm login`. */
export function loginCommand(): Command {
  return addRegistryOptions(
    new Command("login")
      .description("keep the credentials for a registry in the Docker credential file or its helper")
      .argument("<registry>", "HOST[:PORT]"),
  )
    .addHelpText(
      "after",
      `
Examples:
  printf %s "$TOKEN" | meshwasm login registry.example.com --username ci --password-stdin

The registry is asked first: what it refuses is not kept.`,
    )
    .action(async (registry: string, flags: RegistryFlags, command: Command) => {
      const output = outputOf(command);
      const { login } = await import("../publish/login.js");
      const result = await login(registry, await remoteOptions(flags));
      output.result(result, `logged in to ${registry}; kept in ${result.helper ?? result.file}`);
    });
}
