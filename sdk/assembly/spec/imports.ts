// What the runner of `meshwasm test` gives to a spec. Each call runs the in-process host and returns when the filter has
// done all it does; hosts, exchanges and connections are numbers.

// @ts-ignore: decorator
@external("meshwasm", "host_start")
export declare function host_start(configuration: string): i32;

// @ts-ignore: decorator
@external("meshwasm", "host_configure")
export declare function host_configure(host: i32, configuration: string): bool;

// @ts-ignore: decorator
@external("meshwasm", "host_counter")
export declare function host_counter(host: i32, name: string): i64;

// @ts-ignore: decorator
@external("meshwasm", "host_logged")
export declare function host_logged(host: i32, level: string, part: string): bool;

// @ts-ignore: decorator
@external("meshwasm", "host_close")
export declare function host_close(host: i32): void;

// @ts-ignore: decorator
@external("meshwasm", "host_request")
export declare function host_request(host: i32, method: string, path: string): i32;

// @ts-ignore: decorator
@external("meshwasm", "host_add_header")
export declare function host_add_header(exchange: i32, ofResponse: bool, name: string, value: string): void;

// @ts-ignore: decorator
@external("meshwasm", "host_set_body")
export declare function host_set_body(exchange: i32, ofResponse: bool, body: string): void;

// @ts-ignore: decorator
@external("meshwasm", "host_set_status")
export declare function host_set_status(exchange: i32, status: i32): void;

// @ts-ignore: decorator
@external("meshwasm", "host_send")
export declare function host_send(exchange: i32): void;

// @ts-ignore: decorator
@external("meshwasm", "host_status")
export declare function host_status(exchange: i32): i32;

// @ts-ignore: decorator
@external("meshwasm", "host_reached_upstream")
export declare function host_reached_upstream(exchange: i32): bool;

// @ts-ignore: decorator
@external("meshwasm", "host_header")
export declare function host_header(exchange: i32, ofResponse: bool, name: string): string | null;

// @ts-ignore: decorator
@external("meshwasm", "host_body")
export declare function host_body(exchange: i32, ofResponse: bool): string;

// @ts-ignore: decorator
@external("meshwasm", "host_connect")
export declare function host_connect(host: i32): i32;

// @ts-ignore: decorator
@external("meshwasm", "host_data")
export declare function host_data(connection: i32, fromUpstream: bool, data: string, end: bool): void;

// @ts-ignore: decorator
@external("meshwasm", "host_received")
export declare function host_received(connection: i32, byUpstream: bool): string;

// @ts-ignore: decorator
@external("meshwasm", "host_disconnect")
export declare function host_disconnect(connection: i32): void;
