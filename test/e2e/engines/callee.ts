import type { HttpCase } from "../tables/http-case.js";

/** What the cluster `callee` says to the filter's own calls, by their path. */
export function calleeAnswer(path: string): NonNullable<HttpCase["answer"]> {
  if (path === "/call/yes") return { status: 200, headers: [], body: "" };
  return { status: 403, headers: [["x-reason", "because"]], body: "no!" };
}
