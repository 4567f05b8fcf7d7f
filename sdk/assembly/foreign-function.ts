import { Status } from "./abi";
import { foreignFunction } from "./hostcalls/foreign-function";
import { copyBytes } from "./memory/bytes";
import { returnedLength, returnedPtr } from "./memory/returned";
import { ProtobufReader } from "./protobuf/reader";
import { ProtobufWriter } from "./protobuf/writer";

/** How long a declared property or a filter state object lives. */
export enum LifeSpan {
  /** As long as the filter chain: the request for an HTTP filter, the connection for a network filter. */
  FilterChain = 0,
  Request = 1,
  /** All requests of one downstream connection. */
  Connection = 2,
}

/** What the bytes of a declared property are to others: CEL expressions, and the access log. */
export enum PropertyType {
  Bytes = 0,
  Text = 1,
  FlatBuffers = 2,
  Protobuf = 3,
}

/**
 * Functions that Envoy, or a build of it, offers by name beyond the ABI. Those named here are Envoy's own
 * (`source/extensions/common/wasm/foreign.cc`), and all are in 1.40; another proxy, or an Envoy from before a function was
 * there, answers `NotFound`.
 */
export namespace foreignFunctions {
  /** How the last call went; `NotFound`: this proxy has no such function. */
  export let status: Status = Status.Ok;

  /** Why the last signature was not valid, in Envoy's words; empty when it was, or when the call itself failed. */
  export let reason: string = "";

  /** Calls `name` with `argument`; null when it failed. */
  export function call(name: string, argument: Uint8Array): Uint8Array | null {
    status = foreignFunction(name, argument.dataStart, argument.length);
    return status == Status.Ok ? copyBytes(returnedPtr(), returnedLength()) : null;
  }

  /** Makes Envoy choose the route again, after a change of request headers that decide it. */
  export function clearRouteCache(): Status {
    status = foreignFunction("clear_route_cache", 0, 0);
    return status;
  }

  /** `bytes` in the zlib format (RFC 1950); null when it failed. */
  export function compress(bytes: Uint8Array): Uint8Array | null {
    return call("compress", bytes);
  }

  /**
   * What `compress` has made, or anything in the zlib format; null with `SerializationFailure` when it is none. Envoy sets no
   * limit to what comes out: never uncompress what a client has sent.
   */
  export function uncompress(bytes: Uint8Array): Uint8Array | null {
    return call("uncompress", bytes);
  }

  /**
   * Sets a filter state object that other filters of Envoy read, such as `envoy.tcp_proxy.cluster` or
   * `envoy.network.upstream_server_name`, from its text. `NotFound`: no such object; `BadArgument`: not with this value.
   */
  export function setFilterState(name: string, value: string, span: LifeSpan = LifeSpan.FilterChain): Status {
    const message = new ProtobufWriter().text(1, name).text(2, value).integer(3, span).bytes;
    status = foreignFunction("set_envoy_filter_state", message.dataStart, message.length);
    return status;
  }

  /**
   * Declares a property that `properties.set` sets: what its bytes are, how long it lives, and whether it can be set only
   * once. Call it in `onConfigure`; undeclared properties are bytes, live as long as the filter chain and can be set again.
   *
   * @param schema for `Protobuf` the URL of the message's type, for `FlatBuffers` a binary schema; otherwise empty
   * @returns `BadArgument` when it was declared before
   */
  export function declareProperty(
    name: string,
    type: PropertyType = PropertyType.Text,
    isReadOnly: bool = false,
    span: LifeSpan = LifeSpan.FilterChain,
    schema: string = "",
  ): Status {
    const message = new ProtobufWriter()
      .text(1, name)
      .bool(2, isReadOnly)
      .integer(3, type)
      .text(4, schema)
      .integer(5, span).bytes;
    status = foreignFunction("declare_property", message.dataStart, message.length);
    return status;
  }

  /**
   * Whether `signature` is that of `data` by the private key that belongs to `publicKey` (DER, a SubjectPublicKeyInfo); if
   * not, `status` and `reason` say why. RSA signatures are PKCS #1 v1.5.
   *
   * @param hash `sha1`, `sha224`, `sha256`, `sha384` or `sha512`
   */
  export function verifySignature(
    hash: string,
    publicKey: Uint8Array,
    signature: Uint8Array,
    data: Uint8Array,
  ): bool {
    return verify(new ProtobufWriter().text(1, hash).data(2, publicKey).data(3, signature).data(4, data));
  }

  /** Like `verifySignature`, with a key in PEM, which is newer: an Envoy from before answers `BadArgument`. */
  export function verifySignatureWithPem(
    hash: string,
    publicKeyPem: string,
    signature: Uint8Array,
    data: Uint8Array,
  ): bool {
    return verify(new ProtobufWriter().text(1, hash).data(3, signature).data(4, data).text(5, publicKeyPem));
  }

  function verify(message: ProtobufWriter): bool {
    reason = "";
    const result = call("verify_signature", message.bytes);
    if (!result) return false;
    let isValid = false;
    const fields = new ProtobufReader(result);
    while (fields.next()) {
      if (fields.field == 1) isValid = fields.integer() != 0;
      if (fields.field == 2) reason = fields.text();
    }
    return isValid;
  }
}
