import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A key pair in files. */
export interface KeyFiles {
  /** The path of the private key, PKCS #8. */
  key: string;
  /** The path of the public key. */
  pub: string;
}

/** Makes a key pair as OpenSSL makes it; with a password the private key is encrypted. */
export async function keyFiles(folder: string, name: string, passphrase?: string): Promise<KeyFiles> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const files = { key: join(folder, `${name}.key`), pub: join(folder, `${name}.pub`) };
  const pkcs8 = { type: "pkcs8", format: "pem" } as const;
  const pem = privateKey.export(
    passphrase === undefined ? pkcs8 : { ...pkcs8, cipher: "aes-256-cbc", passphrase },
  );
  await writeFile(files.key, pem);
  await writeFile(files.pub, createPublicKey(privateKey).export({ type: "spki", format: "pem" }));
  return files;
}
