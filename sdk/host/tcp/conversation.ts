import type { BytesInput } from "../headers/bytes.js";
import { toBytes } from "../headers/bytes.js";
import type { Addresses } from "../properties/stream-info.js";
import type { TcpConnection } from "./connection.js";

/**
 * What the upstream answers to the bytes that reach it: `echo` sends them back, a list gives one answer to
 * each piece in turn, a function answers each piece (undefined: nothing).
 */
export type TcpUpstream =
  | "echo"
  | readonly BytesInput[]
  | ((bytes: Uint8Array, connection: TcpConnection) => BytesInput | undefined);

/** A whole conversation over one connection. */
export interface ConnectionScript extends Partial<Addresses> {
  /** What the client sends, piece by piece. */
  send: BytesInput | readonly BytesInput[];
  /** Default `echo`. */
  upstream?: TcpUpstream;
  /** How it ends: both sides finish (`end`, default), the client goes away (`reset`), or it stays `open`. */
  finish?: "end" | "reset" | "open";
}

/** Plays a script on a fresh connection. */
export function converse(connection: TcpConnection, script: ConnectionScript): TcpConnection {
  const { send, upstream = "echo", finish = "end" } = script;
  const pieces = typeof send === "string" || send instanceof Uint8Array ? [send] : send;
  const answers = typeof upstream === "object" ? upstream[Symbol.iterator]() : undefined;
  let seen = 0;
  const answer = () => {
    for (; seen < connection.upstream.chunks.length; seen++) {
      const bytes = connection.upstream.chunks[seen]!;
      const reply =
        upstream === "echo"
          ? bytes
          : typeof upstream === "function"
            ? upstream(bytes, connection)
            : answers!.next().value;
      if (reply !== undefined && connection.closed === undefined) connection.upstreamData(toBytes(reply));
    }
  };
  connection.connect();
  for (const piece of pieces) {
    connection.downstreamData(piece);
    answer();
  }
  if (finish === "open") return connection;
  if (finish === "reset") return connection.disconnect("remote");
  connection.downstreamData("", true);
  answer();
  return connection.upstream.ended ? connection.upstreamData("", true) : connection;
}
