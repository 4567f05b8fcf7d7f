import { dirname, resolve } from "node:path";
import { parsePolicy, type SignaturePolicy } from "@meshwasm/oras";
import { isMeshwasmError, MeshwasmError } from "../errors.js";
import { type Located, parseLocated } from "../filter/located.js";
import { readInput } from "./read-key.js";

/**
 * Reads a signature policy, YAML or JSON; files that it names are looked for from its own folder.
 *
 * @throws MeshwasmError FILE_NOT_FOUND, or CONFIG_INVALID with file, line and column
 */
export async function readPolicy(path: string): Promise<SignaturePolicy> {
  const text = (await readInput(path, "policy")).toString("utf8");
  const located = parse(text, path);
  try {
    return await parsePolicy(located.value, {
      readFile: (file) => readInput(resolve(dirname(path), file), "file"),
    });
  } catch (cause) {
    if (!isMeshwasmError(cause) || cause.code !== "POLICY_INVALID") throw cause;
    const { path: keys } = cause.details as { path: readonly string[] };
    throw new MeshwasmError("CONFIG_INVALID", `${located.place([...keys])}: ${cause.message}`, {
      hint: "the README of @meshwasm/oras shows a policy; its JSON Schema is exported as policySchema",
      cause,
    });
  }
}

function parse(text: string, path: string): Located {
  try {
    return parseLocated(text, path);
  } catch (cause) {
    if (!isMeshwasmError(cause)) throw cause;
    // Its own code is about filter.yaml.
    throw new MeshwasmError("CONFIG_INVALID", cause.message, { cause });
  }
}
