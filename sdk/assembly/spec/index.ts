/// <reference path="./globals.d.ts" />
// For as-pect specs (assembly/__tests__/*.spec.ts): drives the filter that `meshwasm test` has built, in an instance of
// its own, in the in-process host. Never import it into a filter.

import * as runner from "./imports";

/** The filter in a host. Where the filter fails to start, the spec fails with the reason. */
export class Host {
  private id: i32;

  /** Starts the filter. @param configuration the plugin's configuration; empty: none */
  constructor(configuration: string = "") {
    this.id = runner.host_start(configuration);
  }

  /** A request that is not sent yet. */
  request(method: string = "GET", path: string = "/"): Exchange {
    return new Exchange(runner.host_request(this.id, method, path));
  }

  /** A TCP connection from a client, for a network filter. */
  connect(): Connection {
    return new Connection(runner.host_connect(this.id));
  }

  /** Gives the plugin another configuration; false when it refused. */
  configure(configuration: string): bool {
    return runner.host_configure(this.id, configuration);
  }

  /** A counter's value; -1 when there is no such counter. */
  counter(name: string): i64 {
    return runner.host_counter(this.id, name);
  }

  /** Whether the filter has logged a message with `part` in it, at `level` (`info`, `error`, …). */
  logged(level: string, part: string): bool {
    return runner.host_logged(this.id, level, part);
  }

  /** Shuts the plugin down. */
  close(): void {
    runner.host_close(this.id);
  }
}

/** A request and its response. Unless told otherwise, the upstream answers 200 with an empty body. */
export class Exchange {
  constructor(private id: i32) {}

  /** Adds a header to the request. */
  header(name: string, value: string): Exchange {
    runner.host_add_header(this.id, false, name, value);
    return this;
  }

  /** Gives the request a body. */
  body(text: string): Exchange {
    runner.host_set_body(this.id, false, text);
    return this;
  }

  /** Says what the upstream will answer. */
  answer(status: i32, body: string = ""): Exchange {
    runner.host_set_status(this.id, status);
    runner.host_set_body(this.id, true, body);
    return this;
  }

  /** Adds a header to what the upstream will answer. */
  answerHeader(name: string, value: string): Exchange {
    runner.host_add_header(this.id, true, name, value);
    return this;
  }

  /** Sends the request through the filter to the upstream, and the answer back. */
  send(): Exchange {
    runner.host_send(this.id);
    return this;
  }

  /** The response's status, as the client sees it. */
  get status(): i32 {
    return runner.host_status(this.id);
  }

  /** Whether the upstream has seen the request. */
  get reachedUpstream(): bool {
    return runner.host_reached_upstream(this.id);
  }

  /** A header of the request as the upstream saw it; null when it is absent. */
  requestHeader(name: string): string | null {
    return runner.host_header(this.id, false, name);
  }

  /** A header of the response as the client saw it; null when it is absent. */
  responseHeader(name: string): string | null {
    return runner.host_header(this.id, true, name);
  }

  /** The request's body as the upstream saw it. */
  get requestBody(): string {
    return runner.host_body(this.id, false);
  }

  /** The response's body as the client saw it. */
  get responseBody(): string {
    return runner.host_body(this.id, true);
  }
}

/** A TCP connection through a network filter. */
export class Connection {
  constructor(private id: i32) {}

  /** The client sends `data`; `end`: and then no more. */
  fromClient(data: string, end: bool = false): Connection {
    runner.host_data(this.id, false, data, end);
    return this;
  }

  /** The upstream sends `data`; `end`: and then no more. */
  fromUpstream(data: string, end: bool = false): Connection {
    runner.host_data(this.id, true, data, end);
    return this;
  }

  /** The client goes away. */
  disconnect(): Connection {
    runner.host_disconnect(this.id);
    return this;
  }

  /** Everything that has reached the client. */
  get clientReceived(): string {
    return runner.host_received(this.id, false);
  }

  /** Everything that has reached the upstream. */
  get upstreamReceived(): string {
    return runner.host_received(this.id, true);
  }
}
