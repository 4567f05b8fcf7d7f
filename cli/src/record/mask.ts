import { MeshwasmError } from "../errors.js";
import {
  messagesOf,
  type Recorded,
  type RecordedConnection,
  type RecordedExchange,
  type RecordedHeaders,
  type RecordedMessage,
  type RecordedRequest,
} from "./recorded.js";
import { replaceSecrets, secretsIn, secretsInBytes } from "./secrets.js";

/** How many different secrets are looked for: each is a search through everything. */
const secretLimit = 200;

/** Something masked, with the filter's configuration. */
export interface Masked<T extends Recorded> {
  recorded: T;
  config: string;
}

/**
 * Takes the secrets out of what passed: the values of the headers, query parameters, form and JSON fields that are named,
 * wherever else in it or in the configuration they occur (as they are, and in their JSON, percent and base64 forms). Each
 * byte of a secret becomes a `*`, so that lengths still fit.
 *
 * @param names in lower case
 * @throws MeshwasmError WORK_FAILED for too many of them
 */
export function maskRecorded<T extends Recorded>(
  recorded: T,
  config: string,
  names: ReadonlySet<string>,
): Masked<T> {
  const secrets = new Set<string>();
  const collect = (found: Iterable<string>) => {
    for (const secret of found) secrets.add(secret);
    if (secrets.size > secretLimit)
      throw new MeshwasmError("WORK_FAILED", `it has more than ${secretLimit} values to mask`);
  };
  for (const message of messagesOf(recorded)) {
    collect(secretsIn(message, names));
    if ("send" in recorded) collect(secretsInBytes(Buffer.concat(message.body), names));
  }
  collect(secretsIn({ headers: [], body: [Buffer.from(config)], trailers: [] }, names));
  // The longest first: a secret may be a part of another.
  const ordered = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const masked =
    "send" in recorded ? maskConnection(recorded, ordered) : maskExchange(recorded, ordered, names);
  return { recorded: masked as T, config: maskText(config, ordered) };
}

function maskConnection(connection: RecordedConnection, secrets: readonly string[]): RecordedConnection {
  const bytes = (of: Buffer) => maskBody([of], secrets)[0] ?? of;
  return {
    ...connection,
    send: maskBody(connection.send, secrets),
    answers: maskBody(connection.answers, secrets),
    forwarded: bytes(connection.forwarded),
    received: bytes(connection.received),
  };
}

function maskExchange(
  exchange: RecordedExchange,
  secrets: readonly string[],
  names: ReadonlySet<string>,
): RecordedExchange {
  const text = (value: string) => maskText(value, secrets);
  const headers = (of: RecordedHeaders): RecordedHeaders =>
    of.map(([name, value]) => [name, text(names.has(name) ? replaceSecrets(name, value, stars) : value)]);
  const message = <T extends RecordedMessage>(of: T): T => ({
    ...of,
    headers: headers(of.headers),
    body: maskBody(of.body, secrets),
    trailers: headers(of.trailers),
  });
  const request = (of: RecordedRequest): RecordedRequest => ({
    ...message(of),
    path: text(of.path),
    authority: text(of.authority),
  });
  const { upstream, forwarded, response } = exchange;
  return {
    ...exchange,
    request: request(exchange.request),
    ...(upstream && { upstream: message(upstream) }),
    ...(forwarded && { forwarded: request(forwarded) }),
    ...(response && { response: message(response) }),
    callouts: exchange.callouts.map((callout) => ({
      ...callout,
      request: request(callout.request),
      answer: typeof callout.answer === "string" ? callout.answer : message(callout.answer),
    })),
  };
}

/** The ways in which a value is commonly written into another text. */
function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString("base64");
  const quoted = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    quoted,
    percentEncoded(secret),
    base64,
    base64.replace(/=+$/, ""),
    Buffer.from(secret).toString("base64url"),
  ];
}

function percentEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    // Half of a surrogate pair has no such form.
    return secret;
  }
}

const stars = (secret: string) => "*".repeat(Buffer.byteLength(secret));

function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, stars(secret)), text);
}

/** In the joined body, since a piece may end within a secret. */
function maskBody(pieces: readonly Buffer[], secrets: readonly string[]): Buffer[] {
  const bytes = Buffer.concat(pieces);
  for (const secret of secrets) {
    const wanted = Buffer.from(secret);
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + wanted.length))
      bytes.fill("*", at, at + wanted.length);
  }
  let at = 0;
  return pieces.map(({ length }) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
}
