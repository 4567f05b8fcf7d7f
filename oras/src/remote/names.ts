import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import type { Connection } from "./connection.js";
import { eachPage } from "./link.js";

/** A paged list of names. */
export interface NameList {
  url: URL;
  /** The member of the answer that holds the names. */
  member: string;
  /** What was asked for, for the error of the registry. */
  subject: string;
  /** What the names are of, for messages: `tags of a/b`. */
  what: string;
  /** The most names. */
  limit: number;
  /** What one is: `tag`. */
  kind: string;
  isValid: (name: string) => boolean;
}

/**
 * Reads a list of names page by page, in the registry's order, each once.
 * @throws MeshwasmError NOT_FOUND, SIZE_LIMIT, REGISTRY_ERROR for an answer that is no such list.
 */
export async function listNames(connection: Connection, list: NameList): Promise<string[]> {
  const { what, limit } = list;
  const url = new URL(list.url);
  url.searchParams.set("n", "1000");
  const names = new Set<string>();
  await eachPage(connection, { url, accept: "application/json" }, async (response) => {
    if (response.status !== 200) throw await connection.error(response, list.subject);
    const page = await connection.read(response, limits.pageBytes, what);
    for (const name of namesOf(page, connection, list)) names.add(name);
    if (names.size > limit) throw new MeshwasmError("SIZE_LIMIT", `the ${what} are more than ${limit}`);
  });
  return [...names];
}

function namesOf(
  bytes: Uint8Array,
  { host }: Connection,
  { member, what, kind, isValid }: NameList,
): string[] {
  const message = (problem: string) => `registry ${host} answered for the ${what} ${problem}`;
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new MeshwasmError("REGISTRY_ERROR", message("without JSON"), { cause });
  }
  // Some registries say null where the list is empty.
  const names = (answer as Record<string, unknown> | null)?.[member] ?? [];
  if (!Array.isArray(names)) throw new MeshwasmError("REGISTRY_ERROR", message("without a list"));
  if (names.some((name) => typeof name !== "string" || !isValid(name))) {
    throw new MeshwasmError("REGISTRY_ERROR", message(`with something that is no ${kind}`));
  }
  return names;
}
