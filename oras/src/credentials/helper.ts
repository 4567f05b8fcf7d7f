import { spawn } from "node:child_process";
import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import type { Credentials } from "../remote/options.js";
import { tokenUser } from "./auth-entry.js";
import type { CredentialEnvironment } from "./credential-file.js";

/** How a helper is run. */
export interface HelperOptions {
  env: CredentialEnvironment;
  /** Milliseconds until it is ended. Absent: 60,000, since some ask a person. */
  timeoutMs?: number | undefined;
}

/**
 * Asks `docker-credential-NAME get` for the credentials of a registry.
 * See https://github.com/docker/docker-credential-helpers#development.
 * @returns undefined when the helper has none.
 * @throws MeshwasmError CREDENTIAL_HELPER_FAILED, which says nothing of what the helper printed.
 */
export async function helperGet(
  name: string,
  key: string,
  options: HelperOptions,
): Promise<Credentials | undefined> {
  const { code, stdout } = await run(name, "get", key, options);
  if (code !== 0) {
    // The protocol has no code for this: the sentence itself is the answer.
    if (/credentials not found/i.test(stdout)) return undefined;
    throw failed(name, "get", `ended with code ${code}`);
  }
  const { Username, Secret } = parsed(name, stdout);
  if (typeof Username !== "string" || typeof Secret !== "string") {
    throw failed(name, "get", "answered without Username and Secret");
  }
  if (Username === "" && Secret === "") return undefined;
  return Username === tokenUser
    ? { username: Username, password: "", identityToken: Secret }
    : { username: Username, password: Secret };
}

/** Gives credentials to `docker-credential-NAME store`. @throws MeshwasmError CREDENTIAL_HELPER_FAILED. */
export async function helperStore(
  name: string,
  key: string,
  credentials: Credentials,
  options: HelperOptions,
): Promise<void> {
  const { username, password, identityToken } = credentials;
  const entry =
    identityToken === undefined
      ? { ServerURL: key, Username: username, Secret: password }
      : { ServerURL: key, Username: tokenUser, Secret: identityToken };
  const { code } = await run(name, "store", JSON.stringify(entry), options);
  if (code !== 0) throw failed(name, "store", `ended with code ${code}`);
}

/** Has `docker-credential-NAME erase` forget a registry; one that it does not know is fine. @throws MeshwasmError CREDENTIAL_HELPER_FAILED. */
export async function helperErase(name: string, key: string, options: HelperOptions): Promise<void> {
  const { code, stdout } = await run(name, "erase", key, options);
  if (code !== 0 && !/credentials not found/i.test(stdout))
    throw failed(name, "erase", `ended with code ${code}`);
}

function run(
  name: string,
  action: string,
  input: string,
  { env, timeoutMs = 60_000 }: HelperOptions,
): Promise<{ code: number; stdout: string }> {
  // Docker runs what this name says without a look; a "/" in it would leave PATH.
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) {
    throw new MeshwasmError(
      "CREDENTIALS_INVALID",
      `${JSON.stringify(name)} is no name of a credential helper`,
    );
  }
  return new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${name}`, [action], {
      env: { ...env },
      stdio: ["pipe", "pipe", "ignore"],
    });
    const end = (problem: string, cause?: unknown) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(failed(name, action, problem, cause));
    };
    const timer = setTimeout(() => end(`did not end within ${timeoutMs} ms`), timeoutMs);
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.smallBodyBytes) end(`printed more than ${limits.smallBodyBytes} bytes`);
      else chunks.push(chunk);
    });
    child.on("error", (cause: NodeJS.ErrnoException) =>
      end(cause.code === "ENOENT" ? "is not on PATH" : `could not be run (${cause.code ?? "error"})`, cause),
    );
    child.on("close", (code, signal) => {
      if (code === null) return end(`was ended by ${signal ?? "a signal"}`);
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(chunks).toString() });
    });
    // A helper that ends without reading is judged by its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

function parsed(name: string, stdout: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(stdout);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    throw failed(name, "get", "answered without JSON");
  }
}

function failed(name: string, action: string, problem: string, cause?: unknown): MeshwasmError {
  return new MeshwasmError("CREDENTIAL_HELPER_FAILED", `docker-credential-${name} ${action} ${problem}`, {
    cause,
    hint: "run it by hand, or take it out of credsStore and credHelpers in Docker's config.json",
  });
}
