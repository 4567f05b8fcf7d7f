/** A message as its receiver saw it. */
export interface Seen {
  readonly start: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

/** What one engine made of a script. */
export interface Result {
  /** What the probe's VM logged that served the streams, from its start on, without its number. */
  readonly lines: readonly string[];
  /** What reached the upstream whole, oldest first; of TCP nothing. */
  readonly upstream: readonly Seen[];
  /** What reached the client, for each exchange or connection; null: nothing. */
  readonly client: readonly (Seen | null)[];
}

const LINE = /^@(\d+) (.*)$/s;

/**
 * Picks out of everything that was logged for a plugin what the one VM logged that served the streams: the one that logged
 * most. What has no number is the guest's own log entry and belongs to the VM of the line before.
 */
export function ofOneVm(entries: readonly { level: string; message: string }[]): string[] {
  const vms = new Map<string, string[]>();
  let current: string[] = [];
  for (const { level, message } of entries) {
    const [, tag, rest] = LINE.exec(message) ?? [];
    if (tag === undefined || rest === undefined) {
      if (!message.startsWith("Function: ")) current.push(`[${level}] ${message}`);
      continue;
    }
    current = vms.get(tag) ?? [];
    vms.set(tag, current);
    current.push(rest);
  }
  let most: string[] = [];
  for (const lines of vms.values()) if (lines.length >= most.length) most = lines;
  return most;
}
