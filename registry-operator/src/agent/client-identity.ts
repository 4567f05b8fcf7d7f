import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createKeyPair, createSigningRequest, keyToPem } from "../certificates/index.js";
import { MeshwasmError } from "../errors.js";
import type { ClientCertificate, OperatorClient } from "./operator-client.js";

interface Validity {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  /** Milliseconds of a clock that does not jump. */
  renewAt: number;
}

/**
 * The agent's certificate: asked for with the ServiceAccount's token, kept in memory only, renewed when two thirds of
 * the time that it had left have passed.
 */
export class ClientIdentity {
  readonly #client: OperatorClient;
  readonly #node: string;
  readonly #tokenFile: string;
  #current: (ClientCertificate & Validity) | undefined;
  #renewal: Promise<void> | undefined;

  constructor(client: OperatorClient, node: string, tokenFile: string) {
    this.#client = client;
    this.#node = node;
    this.#tokenFile = tokenFile;
  }

  /**
   * A certificate that is valid now. When it is due for renewal and that fails, the old one is used to its end.
   *
   * @throws MeshwasmError OperatorUnreachable, TokenInvalid when the token cannot be read
   */
  async get(signal: AbortSignal): Promise<ClientCertificate> {
    const now = Date.now();
    const held = this.#current;
    if (held && now >= held.from && now < held.to && performance.now() < held.renewAt) return held;
    try {
      this.#renewal ??= this.#renew(signal).finally(() => {
        this.#renewal = undefined;
      });
      await this.#renewal;
    } catch (error) {
      if (!held || now >= held.to) throw error;
    }
    if (!this.#current) throw new MeshwasmError("CertificateInvalid", "there is no certificate");
    return this.#current;
  }

  /** Forgets the certificate, after the operator has refused it. */
  drop(): void {
    this.#current = undefined;
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const token = await readFile(this.#tokenFile, "utf8").catch((cause: NodeJS.ErrnoException) => {
      throw new MeshwasmError(
        "TokenInvalid",
        `token file ${this.#tokenFile} cannot be read (${cause.code})`,
        { cause },
      );
    });
    const keys = createKeyPair();
    const cert = await this.#client.certificate(token.trim(), createSigningRequest(this.#node, keys), signal);
    let parsed: X509Certificate;
    try {
      parsed = new X509Certificate(cert);
    } catch (cause) {
      throw new MeshwasmError("CertificateInvalid", "the operator's answer is no certificate", { cause });
    }
    if (!parsed.checkPrivateKey(keys.privateKey)) {
      throw new MeshwasmError("CertificateInvalid", "the operator's certificate is for another key");
    }
    const [from, to] = [Date.parse(parsed.validFrom), Date.parse(parsed.validTo)];
    // From now on: it is valid from long before it was made.
    const renewAt = performance.now() + ((to - Date.now()) * 2) / 3;
    this.#current = { key: keyToPem(keys.privateKey), cert, from, to, renewAt };
  }
}
