import type { RecordedMessage, RecordedRequest } from "./recorded.js";

/** What is found in every other text, so that looking for it would spoil them: such a value is masked in its header only. */
const ordinary = /^(?:.{0,3}|true|false|null|none|\d{1,5})$/is;

/**
 * The secrets in one message: values of headers, of query parameters, and of form and JSON fields, by the names in lower
 * case. Of credentials (`Bearer X`, `Basic X`) and cookies (`a=X; b=Y`) also the parts, since filters take them apart.
 */
export function secretsIn(
  message: RecordedMessage & Partial<Pick<RecordedRequest, "path">>,
  names: ReadonlySet<string>,
): string[] {
  const found: string[] = [];
  for (const [name, value] of [...message.headers, ...message.trailers]) {
    if (!names.has(name)) continue;
    found.push(...headerSecrets(name, value));
  }
  const query = message.path?.split("?")[1] ?? "";
  const body = Buffer.concat(message.body).toString("utf8");
  found.push(...fields(query, names), ...jsonFields(body, names));
  if (body.includes("=") && !/[\s{}<>]/.test(body)) found.push(...fields(body, names));
  return found.filter((secret) => !ordinary.test(secret));
}

/** The secrets in the bytes of a connection: fields as in a body, and lines of headers as HTTP/1.1 writes them. */
export function secretsInBytes(bytes: Buffer, names: ReadonlySet<string>): string[] {
  const lines = [...bytes.toString("utf8").matchAll(/^([\w-]+):[ \t]*(.+?)\r?$/gm)];
  const headers = lines.map(([, name = "", value = ""]): [string, string] => [name.toLowerCase(), value]);
  return secretsIn({ headers, body: [bytes], trailers: [] }, names);
}

/** What is secret of a header's value: credentials without their scheme, the values of cookies, else all of it. */
function headerSecrets(name: string, value: string): string[] {
  const found: string[] = [];
  replaceSecrets(name, value, (secret) => {
    found.push(secret);
    return secret;
  });
  if (!/^basic /i.test(value)) return found;
  const [, password = ""] =
    /^[^:]*:(.*)$/s.exec(Buffer.from(found[0] ?? "", "base64").toString("utf8")) ?? [];
  return [...found, password];
}

/** A header's value with each secret part of it replaced. */
export function replaceSecrets(name: string, value: string, replace: (secret: string) => string): string {
  const ofPair = (_: string, before: string, secret: string) => before + replace(secret);
  if (name === "cookie") return value.replaceAll(/((?:^|;)[^=;]*=)([^;]*)/g, ofPair);
  if (name === "set-cookie") return value.replace(/^([^=;]*=)([^;]*)/, ofPair);
  return value.replace(
    /^([A-Za-z][\w-]* +)?(.+)$/s,
    (_, scheme = "", secret: string) => scheme + replace(secret),
  );
}

const afterEquals = (pair: string) => pair.slice(pair.indexOf("=") + 1);

/** `a=1&b=2`, as they stand and decoded. */
function fields(text: string, names: ReadonlySet<string>): string[] {
  return text.split("&").flatMap((pair) => {
    const [name = ""] = pair.split("=", 1);
    if (!names.has(decoded(name).toLowerCase())) return [];
    const value = afterEquals(pair);
    return [value, decoded(value)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** `"name": "value"`, anywhere: a body need not be JSON as a whole, nor complete. */
function jsonFields(text: string, names: ReadonlySet<string>): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:\s*"((?:[^"\\]|\\.)*)"/g)].flatMap(
    ([, name = "", value = ""]) =>
      // A server that tells what it got writes headers so.
      names.has(name.toLowerCase())
        ? [value, unquoted(value)].flatMap((text) => headerSecrets(name.toLowerCase(), text))
        : [],
  );
}

function unquoted(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
