import { BufferType, Status } from "./abi";
import { getBufferBytes, getBufferStatus } from "./hostcalls/buffers";
import { Json } from "./json/json";
import { log } from "./log";
import { copyBytes } from "./memory/bytes";
import { returnedLength, returnedNumber, returnedPtr } from "./memory/returned";
import { decodeUtf8 } from "./memory/utf8";

/** A configuration as Envoy holds it: read it where it is there, and keep what you need of it. */
export abstract class Configuration {
  /** How the last read went; `NotFound` where there is nothing to read. */
  status: Status = Status.Ok;

  constructor(
    /** How many bytes it has; 0: none was given. */
    readonly size: u32,
    private buffer: BufferType,
  ) {}

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
    this.status = getBufferBytes(this.buffer, 0, this.size);
    return this.status == Status.Ok;
  }
}

/** The plugin's configuration, there during `onConfigure`. */
export class PluginConfiguration extends Configuration {
  constructor(size: u32) {
    super(size, BufferType.PluginConfiguration);
  }
}

/** The VM's configuration (`vm_config.configuration`), which plugins of one VM share. */
export class VmConfiguration extends Configuration {
  constructor() {
    super(
      getBufferStatus(BufferType.VmConfiguration) == Status.Ok ? returnedNumber() : 0,
      BufferType.VmConfiguration,
    );
  }
}
