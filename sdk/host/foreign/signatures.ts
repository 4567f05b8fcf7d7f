import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { WasmResult } from "../status.js";
import { bytesField, decodeProtobuf, encodeProtobuf, type ProtobufFields, textField } from "./protobuf.js";

const HASHES: ReadonlySet<string> = new Set(["sha1", "sha224", "sha256", "sha384", "sha512"]);

/** `verify_signature`: the key in DER (field 2) or PEM (field 5), never both. */
export function verifySignature(argument: Buffer): Buffer | number {
  const args = decodeProtobuf(argument);
  const key = args && importKey(args, 2, 5, (input) => createPublicKey(input), "spki");
  if (args === undefined || key === undefined) return WasmResult.BadArgument;
  const hash = textField(args, 1).toLowerCase();
  if (!HASHES.has(hash)) return encodeProtobuf([[2, `${textField(args, 1)} is not supported.`]]);
  let valid = false;
  if (key === null) return encodeProtobuf([[2, "Failed to initialize digest verify."]]);
  try {
    valid = verify(hash, bytesField(args, 4), key, bytesField(args, 3));
  } catch {
    return encodeProtobuf([[2, "Failed to initialize digest verify."]]);
  }
  return valid
    ? encodeProtobuf([[1, true]])
    : encodeProtobuf([[2, "Failed to verify digest. Error code: 0"]]);
}

/** `sign`: the key in DER (field 2) or PEM (field 4), never both. */
export function signText(argument: Buffer): Buffer | number {
  const args = decodeProtobuf(argument);
  const key = args && importKey(args, 2, 4, (input) => createPrivateKey(input), "pkcs8");
  if (args === undefined || key === undefined) return WasmResult.BadArgument;
  const hash = textField(args, 1).toLowerCase();
  if (!HASHES.has(hash)) return encodeProtobuf([[3, `${textField(args, 1)} is not supported.`]]);
  if (key === null) return encodeProtobuf([[3, "Failed to initialize digest sign."]]);
  try {
    return encodeProtobuf([
      [1, true],
      [2, sign(hash, bytesField(args, 3), key)],
    ]);
  } catch {
    return encodeProtobuf([[3, "Failed to initialize digest sign."]]);
  }
}

type KeyInput = string | { key: Buffer; format: "der"; type: "spki" | "pkcs8" };

// Undefined for none or two, null for one that is no key.
function importKey(
  args: ProtobufFields,
  derField: number,
  pemField: number,
  create: (input: never) => KeyObject,
  type: "spki" | "pkcs8",
): KeyObject | null | undefined {
  const der = bytesField(args, derField);
  const pem = textField(args, pemField);
  if (der.length > 0 === (pem !== "")) return undefined;
  const input: KeyInput = pem !== "" ? pem : { key: der, format: "der", type };
  try {
    return create(input as never);
  } catch {
    return null;
  }
}
