/** Wraps DER as PEM (RFC 7468). @param label e.g. `CERTIFICATE` */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** The DER of every PEM block with this label, in order; text around them is left aside. */
export function fromPem(label: string, text: string): Uint8Array[] {
  const blocks = text.matchAll(
    new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----`, "g"),
  );
  return [...blocks].map(([, body = ""]) => Buffer.from(body.replaceAll(/\s/g, ""), "base64"));
}

/** Every certificate in a text, each as PEM of its own. */
export function certificatesIn(text: string): string[] {
  return fromPem("CERTIFICATE", text).map((der) => toPem("CERTIFICATE", der));
}
