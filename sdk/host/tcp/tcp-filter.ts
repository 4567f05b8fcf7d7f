import type { RootContext } from "../contexts/root.js";
import { type ConnectionCallbacks, TcpContext } from "../contexts/tcp.js";
import type { StreamMember } from "../http/stream.js";
import type { PropertyValue } from "../properties/value.js";
import type { TcpConnection } from "./connection.js";

/** One network filter's place in a connection. */
export class TcpFilter implements ConnectionCallbacks {
  readonly root: RootContext;
  readonly context: TcpContext;
  private begun = false;

  /** @param place its number among the connection's filters, from 0 */
  constructor(
    { root, label }: StreamMember,
    private readonly connection: TcpConnection,
    private readonly place: number,
  ) {
    this.root = root;
    root.openStreams++;
    this.context = new TcpContext(root, connection, this, label);
  }

  /** Tells the filter of the connection, unless it knows: false when it stops there. */
  begin(): boolean {
    if (this.begun) return true;
    this.begun = true;
    return this.context.newConnection();
  }

  continueReading(): void {
    this.connection.continueReading(this.place);
  }

  close(): void {
    this.connection.close();
  }

  describe(): string {
    return this.connection.describe();
  }

  property(name: string): PropertyValue | undefined {
    return this.connection.property(name);
  }

  setProperty(path: string, value: string, once: boolean): number {
    return this.connection.setProperty(path, value, once);
  }

  get filterStateObjects(): Map<string, string> {
    return this.connection.filterStateObjects;
  }
}
