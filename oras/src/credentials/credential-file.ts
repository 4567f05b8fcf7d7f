import { mkdir, readFile, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { replaceFile } from "../disk/replace-file.js";
import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";

/** The environment variables that say where credentials are; `process.env` fits. */
export type CredentialEnvironment = Readonly<Record<string, string | undefined>>;

/** What a credential file says, with everything in it that this package does not know. */
export interface CredentialFile {
  path: string;
  /** The whole document; written back with its unknown members. */
  document: Record<string, unknown>;
  /** Entries by registry. */
  auths: Record<string, unknown>;
  /** Name of a helper by registry. */
  credHelpers: Record<string, string>;
  /** The helper for all other registries; absent: the file itself. */
  credsStore?: string;
}

/** The file that is written, and read first: Docker's, or the one that REGISTRY_AUTH_FILE names. */
export function primaryFile(env: CredentialEnvironment): string {
  if (env.DOCKER_CONFIG) return join(env.DOCKER_CONFIG, "config.json");
  return env.REGISTRY_AUTH_FILE || join(env.HOME || homedir(), ".docker", "config.json");
}

/** Every file to look into, in this order: the primary one, then Podman's unless a variable names another. */
export function candidateFiles(env: CredentialEnvironment): string[] {
  const isChosen = Boolean(env.DOCKER_CONFIG || env.REGISTRY_AUTH_FILE);
  const podman =
    env.XDG_RUNTIME_DIR && !isChosen ? [join(env.XDG_RUNTIME_DIR, "containers", "auth.json")] : [];
  return [primaryFile(env), ...podman];
}

/**
 * Reads a credential file; one that does not exist reads as empty.
 * @throws MeshwasmError CREDENTIALS_INVALID when it cannot be read or is malformed, without quoting it.
 */
export async function readCredentialFile(path: string): Promise<CredentialFile> {
  const document = parse(path, await readText(path));
  const { credsStore } = document;
  return {
    path,
    document,
    auths: member(path, document, "auths"),
    credHelpers: strings(path, member(path, document, "credHelpers")),
    ...(typeof credsStore === "string" && credsStore !== "" ? { credsStore } : {}),
  };
}

/**
 * Writes a credential file at once and readable by its owner only: a new file is renamed over the old one, and a
 * link is followed to what it links to.
 * @throws MeshwasmError CREDENTIALS_INVALID when that fails; the old file is then unchanged.
 */
export async function writeCredentialFile(path: string, document: Record<string, unknown>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const target = await realpath(path).catch(() => path);
    const text = `${JSON.stringify(document, null, "\t")}\n`;
    await replaceFile(target, (file) => file.writeFile(text), { mode: 0o600 });
  } catch (cause) {
    throw invalid(path, `cannot be written (${(cause as NodeJS.ErrnoException).code ?? "error"})`, cause);
  }
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > limits.credentialFileBytes) {
      throw invalid(path, `has ${size} bytes; the limit is ${limits.credentialFileBytes}`);
    }
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof MeshwasmError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "{}";
    throw invalid(path, `cannot be read (${code ?? "error"})`, cause);
  }
}

// No cause is kept: the parser's message could quote a password.
function parse(path: string, text: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(path, "is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(path, "is no JSON object");
  return value as Record<string, unknown>;
}

function member(path: string, document: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = document[name] ?? {};
  if (typeof value !== "object" || Array.isArray(value))
    throw invalid(path, `has ${name} that are no object`);
  return value as Record<string, unknown>;
}

function strings(path: string, map: Record<string, unknown>): Record<string, string> {
  if (Object.values(map).some((value) => typeof value !== "string")) {
    throw invalid(path, "has credHelpers that are no names");
  }
  return map as Record<string, string>;
}

function invalid(path: string, problem: string, cause?: unknown): MeshwasmError {
  return new MeshwasmError("CREDENTIALS_INVALID", `credential file ${path} ${problem}`, {
    cause,
    hint: "repair the file, or name another by DOCKER_CONFIG",
  });
}
