import { BufferType, Status } from "./abi";
import { getBufferBytes } from "./hostcalls/buffers";
import { Json } from "./json/json";
import { log } from "./log";
import { copyBytes } from "./memory/bytes";
import { returnedLength, returnedPtr } from "./memory/returned";
import { decodeUtf8 } from "./memory/utf8";

/** The plugin's configuration, there during `onConfigure`. */
export class PluginConfiguration {
  /** How the last read went; `NotFound` outside `onConfigure`. */
  status: Status = Status.Ok;

  /** @param size how many bytes Envoy has announced; 0: no configuration was given */
  constructor(readonly size: u32) {}

  /** The bytes; empty when none were given, or when `status` is not `Ok`. */
  bytes(): Uint8Array {
    return this.read() ? copyBytes(returnedPtr(), returnedLength()) : new Uint8Array(0);
  }

  /** The text; what is not UTF-8 becomes U+FFFD. */
  text(): string {
    return this.read() ? decodeUtf8(returnedPtr(), returnedLength()) : "";
  }

  /**
   * The value that the text is, read strictly (RFC 8259). No configuration reads as `{}`. A text that is not JSON is
   * logged as an error with its place, since Envoy says only that the configuration was refused.
   */
  json(): Json {
    if (this.size == 0) return Json.emptyObject();
    const json = Json.parse(this.bytes());
    if (json.isInvalid) log.error("configuration: " + json.error);
    return json;
  }

  private read(): bool {
    this.status = getBufferBytes(BufferType.PluginConfiguration, 0, this.size);
    return this.status == Status.Ok;
  }
}
