import { request } from "node:http";

/** A request and its response, as they went over the wire. */
export interface Exchanged {
  status: number;
  headers: [string, string][];
  /** Both, for a person. */
  text: string;
}

/** Sends `GET path`. */
export function get(origin: string, path: string): Promise<Exchanged> {
  const url = new URL(path, origin);
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (body += chunk));
      response.on("error", reject);
      response.on("end", () => {
        const raw = response.rawHeaders;
        const headers = raw.flatMap((name, i): [string, string][] =>
          i % 2 ? [] : [[name, raw[i + 1] ?? ""]],
        );
        const lines = headers.map(([name, value]) => `< ${name}: ${value}`);
        const first = `< HTTP/1.1 ${response.statusCode} ${response.statusMessage}`;
        const text = [
          `> GET ${url.pathname} HTTP/1.1`,
          `> host: ${url.host}`,
          first,
          ...lines,
          "",
          body.trimEnd(),
        ];
        resolve({ status: response.statusCode ?? 0, headers, text: text.join("\n") });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** The values of a header. */
export function valuesOf(exchanged: Exchanged, name: string): string[] {
  return exchanged.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}
