import { Command } from "commander";
import { outputOf } from "../global-options.js";

/** `meshwasm logout`. */
export function logoutCommand(): Command {
  return new Command("logout")
    .description("forget the credentials for a registry")
    .argument("<registry>", "HOST[:PORT]")
    .addHelpText(
      "after",
      `
Examples:
  meshwasm logout registry.example.com`,
    )
    .action(async (registry: string, _flags: unknown, command: Command) => {
      const output = outputOf(command);
      const { eraseCredentials } = await import("@meshwasm/oras");
      await eraseCredentials(registry);
      output.result({ registry }, `logged out of ${registry}`);
    });
}
