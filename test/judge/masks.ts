import { decodePairs } from "../../sdk/host/headers/pairs.js";
import type { Result, Seen } from "./engines/result.js";

/**
 * Everything that is not compared between Envoy and the host, and why. The list is closed: a script cannot add to it. What is
 * masked keeps its status and its place; only its value becomes `*`.
 */
export const MASKS: readonly {
  readonly name: string;
  readonly why: string;
  /** Replaces in a line of the probe what it does not compare. */
  readonly line?: (line: string) => string;
  /** Headers that are not compared, when they reach the client or the upstream. */
  readonly header?: (name: string, value: string) => boolean;
}[] = [
  {
    name: "times",
    why: "time stands still in the host unless a test moves it",
    line: (line) =>
      line
        .replace(/^(get_current_time_nanoseconds\(\)=0) .*/, "$1 *")
        .replace(/^(get_property\([a-z.]*\.(?:time|duration|total_duration)\)=0) .*/, "$1 *")
        .replace(/(x-envoy-upstream-service-time=)\d+/g, "$1*")

        .replace(/^(get_header_map_value\(6,x-envoy-upstream-service-time\)=0) .*/, "$1 *"),
    header: (name) => name === "date",
  },
  {
    name: "ports",
    why: "the operating system gives them",
    line: (line) =>
      line.replace(
        /^(get_property\((?:source|destination|upstream)\.(?:address|port|local_address)\)=0) .*/,
        "$1 *",
      ),
  },
  {
    name: "ids",
    why: "Envoy counts connections, queues and versions of shared data over everything that it runs",
    line: (line) =>
      line
        .replace(/^(get_property\((?:connection\.id|connection_id)\)=0) .*/, "$1 *")
        .replace(/^((?:register|resolve)_shared_queue\(.*\)=0) \d+$/, "$1 *")
        .replace(/^(get_shared_data\(.*\)=0 .*) \d+$/, "$1 *")
        .replace(/^(>queue_ready\(\d+),\d+\)$/, "$1,*)"),
  },
  {
    name: "generated headers",
    why: "a codec frames every message on the wire by itself, and Envoy dates responses; the host has no wire",
    line: (line) =>
      line
        .replace(/^(get_property\(response\.total_size\)=0) .*/, "$1 *")
        // What the access log shows of it.
        .replace(/\|(?:date=[^|]*|connection=close)/g, ""),
    header: (name, value) =>
      name === "transfer-encoding" || name === "connection" || (name === "content-length" && value === "0"),
  },
  {
    name: "TCP segmentation",
    why: "pieces are sent far enough apart to stay apart; the bytes of a whole body are compared, not their packets",
  },
  {
    name: "workers",
    why: "there is one worker, and each script has a VM of its own, so nothing interleaves within a transcript",
  },
  {
    name: "the canary's start",
    why: "Envoy starts a plugin in several VMs; compared is the one that serves the streams",
  },
];

const PAIRS = /^(get_header_map_pairs\(\d+\)=0) (.*)$/;

/** A result as it is compared and kept: masked, with lists of pairs in a form that people can read. */
export function masked(result: Result): Result {
  return {
    lines: result.lines.map(maskedLine),
    upstream: result.upstream.map(maskedMessage),
    client: result.client.map((message) => (message === null ? null : maskedMessage(message))),
  };
}

function maskedLine(line: string): string {
  const [, call, bytes] = PAIRS.exec(line) ?? [];
  const readable =
    call === undefined || bytes === undefined
      ? line
      : `${call} ${decodePairs(unescaped(bytes))
          .map((pair) => pair.join("="))
          .join("|")}`;
  return MASKS.reduce((text, mask) => mask.line?.(text) ?? text, readable);
}

function maskedMessage(message: Seen): Seen {
  const kept = (headers: readonly string[]) =>
    headers.filter((header) => {
      const colon = header.indexOf(": ");
      return !MASKS.some((mask) => mask.header?.(header.slice(0, colon), header.slice(colon + 2)));
    });
  return { ...message, headers: kept(message.headers), trailers: kept(message.trailers) };
}

const unescaped = (text: string) =>
  Buffer.from(
    text.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
    "latin1",
  );
