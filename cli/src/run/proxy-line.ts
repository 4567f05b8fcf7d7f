import { isIPv6, type Socket } from "node:net";

/** The longest line that there is, with its end. */
const lineLimit = 107;

// A server on all addresses of both families shows IPv4 clients so.
const plain = (address = "") => address.replace(/^::ffff:(?=\d+\.)/, "");

/**
 * The line that tells a proxy whose connection comes behind it.
 * https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt, version 1
 */
export function proxyLine({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  const [source, destination] = [plain(remoteAddress), plain(localAddress)];
  const family = isIPv6(source) ? "TCP6" : "TCP4";
  return `PROXY ${family} ${source} ${destination} ${remotePort} ${localPort}\r\n`;
}

/** Whose connection it is, as {@link readProxyLine} gives it of the line. */
export function sourceOf({ remoteAddress, remotePort }: Socket): string {
  return `${plain(remoteAddress)} ${remotePort}`;
}

/** The source that the line at the beginning of `bytes` names, and what is behind it; `wait`: there must come more. */
export function readProxyLine(bytes: Buffer): { source: string; rest: Buffer } | "wait" | "wrong" {
  const end = bytes.indexOf("\r\n");
  if (end === -1) return bytes.length < lineLimit ? "wait" : "wrong";
  const line = bytes.subarray(0, end).toString("latin1");
  const [, address, port] = /^PROXY TCP[46] (\S+) \S+ (\d+) \d+$/.exec(line) ?? [];
  if (address === undefined || port === undefined) return "wrong";
  return { source: `${address} ${port}`, rest: bytes.subarray(end + 2) };
}
