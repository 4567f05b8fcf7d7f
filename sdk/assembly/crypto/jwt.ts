import { decodeBase64Url } from "../codec/base64";
import { foreignFunctions } from "../foreign-function";
import { Json } from "../json/json";
import { JsonKind } from "../json/kind";
import { ecdsaToDer } from "./ecdsa-der";
import { verifyHmacSha256 } from "./same-secret";

/** Longer tokens are refused: headers are not that long. */
const MAX_LENGTH: i32 = 64 * 1024;

/**
 * A JSON Web Token in its compact form (RFC 7519, RFC 7515). `parse` checks its form only: nothing in it is to be believed
 * before one of the `verify…` methods has said true, and `timeFault` has no objection.
 *
 * Which algorithm is right is for the filter to say, by the method that it calls, not for the token: each one refuses a
 * token whose `alg` is another, `none` above all.
 */
export class Jwt {
  private constructor(
    /** Why it is no token; empty: it is one. */
    readonly error: string,
    /** The header; absent for what is no token. */
    readonly header: Json,
    /** The claims; absent for what is no token. */
    readonly claims: Json,
    /** What the signature is of: header and claims as they stand in the token. */
    readonly signed: Uint8Array,
    /** The signature. */
    readonly signature: Uint8Array,
  ) {}

  /** Reads a token, without `Bearer ` before it. */
  static parse(token: string): Jwt {
    const first = token.indexOf(".");
    const second = token.indexOf(".", first + 1);
    if (first < 0 || second < 0 || token.indexOf(".", second + 1) >= 0)
      return invalid("it has not three parts");
    if (token.length > MAX_LENGTH) return invalid("it is longer than 64 KiB");
    const header = jsonPart(token.substring(0, first));
    const claims = jsonPart(token.substring(first + 1, second));
    const signature = decodeBase64Url(token.substring(second + 1));
    if (header.kind != JsonKind.Object) return invalid("its header is no JSON object in base64url");
    if (claims.kind != JsonKind.Object) return invalid("its claims are no JSON object in base64url");
    if (!signature) return invalid("its signature is no base64url");
    // An extension that must be understood is one that this does not understand (RFC 7515, section 4.1.11).
    if (!header.get("crit").isAbsent) return invalid("it has critical extensions");
    return new Jwt("", header, claims, ascii(token, second), signature);
  }

  /** For `parse`. */
  static failed(error: string): Jwt {
    return new Jwt(error, Json.absent, Json.absent, new Uint8Array(0), new Uint8Array(0));
  }

  /** Whether it is a token at all. */
  get isWellFormed(): bool {
    return this.error.length == 0;
  }

  /** `alg`, which anybody can have written; empty when it is not there. */
  get algorithm(): string {
    return this.header.get("alg").asString();
  }

  /** `kid`, to choose a key by; empty when it is not there. */
  get keyId(): string {
    return this.header.get("kid").asString();
  }

  /** Whether it is signed with HMAC-SHA-256 and this key. An empty key verifies nothing. */
  verifyHs256(key: Uint8Array): bool {
    if (this.algorithm != "HS256" || key.length == 0) return false;
    return verifyHmacSha256(key, this.signed, this.signature);
  }

  /** Whether it is signed with RSA and SHA-256 by the owner of a public key, by Envoy. See `foreignFunctions.verifySignature`. */
  verifyRs256(publicKeyDer: Uint8Array): bool {
    if (this.algorithm != "RS256") return false;
    return foreignFunctions.verifySignature("sha256", publicKeyDer, this.signature, this.signed);
  }

  /** Whether it is signed with ECDSA over P-256 and SHA-256 by the owner of a public key, by Envoy. */
  verifyEs256(publicKeyDer: Uint8Array): bool {
    if (this.algorithm != "ES256" || this.signature.length != 64) return false;
    const der = ecdsaToDer(this.signature);
    return der != null && foreignFunctions.verifySignature("sha256", publicKeyDer, der, this.signed);
  }

  /**
   * What speaks against it at a time: `expired`, `not yet valid`, or a time that is no number; empty: nothing. A token
   * without `exp` never expires, unless `mustExpire`.
   *
   * @param now in seconds since 1970: `clock.milliseconds() / 1000`
   * @param leeway how many seconds clocks may differ
   */
  timeFault(now: u64, leeway: u32 = 0, mustExpire: bool = true): string {
    const expires = this.claims.get("exp");
    const begins = this.claims.get("nbf");
    if (expires.isAbsent ? mustExpire : expires.kind != JsonKind.Number) return "no time of expiry";
    if (!expires.isAbsent && <f64>now >= expires.asFloat() + leeway) return "expired";
    if (begins.isAbsent) return "";
    if (begins.kind != JsonKind.Number) return "no time of beginning";
    return <f64>now + leeway < begins.asFloat() ? "not yet valid" : "";
  }

  /** Whether `iss` is this one. */
  isFrom(issuer: string): bool {
    return this.claims.get("iss").isString(issuer);
  }

  /** Whether it is meant for this audience: `aud` is it, or a list that has it. */
  isFor(audience: string): bool {
    const claim = this.claims.get("aud");
    if (claim.isString(audience)) return true;
    if (claim.kind != JsonKind.Array) return false;
    for (const each = claim.each(); each.next();) if (each.value.isString(audience)) return true;
    return false;
  }
}

function invalid(error: string): Jwt {
  return Jwt.failed(error);
}

function jsonPart(text: string): Json {
  const bytes = decodeBase64Url(text);
  return bytes ? Json.parse(bytes) : Json.absent;
}

/** The first characters, which are ASCII. */
function ascii(text: string, length: i32): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) unchecked((bytes[i] = <u8>text.charCodeAt(i)));
  return bytes;
}
