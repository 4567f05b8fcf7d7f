// Only tests use this.
import { generateKeyPairSync } from "node:crypto";
import { loadPrivateKey, type PrivateKey } from "@meshwasm/oras";

/** A new private key on P-256. */
export function newSigningKey(): Promise<PrivateKey> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return loadPrivateKey(String(privateKey.export({ type: "pkcs8", format: "pem" })));
}
