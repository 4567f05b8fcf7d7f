import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import { readBounded } from "./body.js";
import { markPassing, retryAfterMs } from "./retry.js";
import type { HttpResponse } from "./transport.js";

/** What was asked, for the message. */
export interface ErrorContext {
  host: string;
  /** What it was about, e.g. `manifest filters/hello:1.0.0`. */
  subject: string;
  /** User that credentials were sent for; absent: anonymous. */
  username?: string | undefined;
  /** Passwords and tokens to blank out, should the registry repeat them. */
  secrets?: readonly string[];
}

const passingStatus: readonly number[] = [429, 502, 503, 504];

/**
 * Turns an unwanted answer into an error and consumes its body, of which it keeps the registry's own words,
 * bounded and without control characters.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes.
 */
export async function httpError(response: HttpResponse, context: ErrorContext): Promise<MeshwasmError> {
  const { host, subject, username, secrets = [] } = context;
  const detail = await errorDetail(response, secrets);
  const said = detail === "" ? "" : `: ${detail}`;
  const { status } = response;
  if (status === 401) {
    const who = username === undefined ? "wants credentials" : `refused the credentials of ${username}`;
    return new MeshwasmError("REGISTRY_UNAUTHORIZED", `registry ${host} ${who} for ${subject} (401)${said}`, {
      hint:
        username === undefined ? "log in, or give a user name and password" : "check user name and password",
    });
  }
  if (status === 403) {
    return new MeshwasmError(
      "REGISTRY_FORBIDDEN",
      `registry ${host} forbids this for ${subject} (403)${said}`,
      {
        hint: "ask for access to the repository",
      },
    );
  }
  if (status === 404) {
    return new MeshwasmError("NOT_FOUND", `registry ${host} has no ${subject} (404)${said}`, {
      hint: "check repository and tag; a private repository may look like this without credentials",
    });
  }
  const error = new MeshwasmError(
    "REGISTRY_ERROR",
    `registry ${host} answered ${status} for ${subject}${said}`,
  );
  return passingStatus.includes(status)
    ? markPassing(error, retryAfterMs(response.header("retry-after")))
    : error;
}

async function errorDetail(response: HttpResponse, secrets: readonly string[]): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readBounded(response.body, limits.smallBodyBytes, "the error");
  } catch {
    return "";
  }
  const words = parsedErrors(bytes)
    .slice(0, 3)
    .map(({ code, message }) =>
      [code, message].filter((part) => typeof part === "string" && part !== "").join(" "),
    )
    .join("; ");
  // Blanked out before anything is cut, so that no part of a secret is left at the end.
  return secrets
    .reduce((text, secret) => text.replaceAll(secret, "***"), words)
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ")
    .slice(0, 300);
}

function parsedErrors(bytes: Uint8Array): { code?: unknown; message?: unknown }[] {
  try {
    const { errors } = JSON.parse(new TextDecoder().decode(bytes)) as { errors?: unknown };
    return Array.isArray(errors) ? errors.filter((error) => typeof error === "object" && error !== null) : [];
  } catch {
    return [];
  }
}
