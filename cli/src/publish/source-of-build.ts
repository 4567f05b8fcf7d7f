import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { SourceOfBuild } from "@meshwasm/oras";

const run = promisify(execFile);

/** A source, and whether it is as it was committed. */
export interface CheckedOutSource extends SourceOfBuild {
  isModified: boolean;
}

/**
 * Where a folder's files come from, as Git knows it; undefined without Git, without a commit, or when the repository
 * was cloned from a path of this machine, which is nobody else's business.
 */
export async function sourceOfBuild(dir: string): Promise<CheckedOutSource | undefined> {
  try {
    const uri = publicUri(await git(dir, "config", "--get", "remote.origin.url"));
    if (uri === undefined) return undefined;
    const commit = await git(dir, "rev-parse", "HEAD");
    const path = (await git(dir, "rev-parse", "--show-prefix")).replace(/\/$/, "");
    const ref = await refOf(dir);
    const isModified = (await git(dir, "status", "--porcelain", "--", ".")) !== "";
    return {
      uri,
      commit,
      ...(ref === undefined ? {} : { ref }),
      ...(path === "" ? {} : { path }),
      isModified,
    };
  } catch {
    return undefined;
  }
}

async function refOf(dir: string): Promise<string | undefined> {
  const tag = await git(dir, "describe", "--tags", "--exact-match", "HEAD").catch(() => "");
  if (tag !== "") return `refs/tags/${tag}`;
  const branch = await git(dir, "symbolic-ref", "--quiet", "HEAD").catch(() => "");
  return branch === "" ? undefined : branch;
}

/** A remote as others can reach it, without the credentials that CI systems put there; undefined: it is local. */
export function publicUri(remote: string): string | undefined {
  const scp = /^(?:[^@/\s]+@)?([A-Za-z0-9.-]+):(?!\/\/)([^\s]+)$/.exec(remote);
  const text = scp ? `ssh://${scp[1]}/${scp[2]?.replace(/^\/+/, "")}` : remote;
  if (!/^(?:https?|ssh|git):\/\//.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  return url.href.replace(/\/$/, "");
}

async function git(dir: string, ...args: string[]): Promise<string> {
  const { stdout } = await run("git", ["-C", dir, ...args], { timeout: 30_000, maxBuffer: 16 * 1024 * 1024 });
  return stdout.trim();
}
