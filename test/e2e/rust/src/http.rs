use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::{Action, Bytes};
use std::time::Duration;

pub struct Http {
    mode: String,
    size: usize,
}

impl Http {
    pub fn new(mode: String) -> Self {
        Self { mode, size: 0 }
    }

    fn shared(&self, key: &str) -> String {
        let (value, _) = self.get_shared_data(key);
        value.map_or("none".into(), text)
    }

    fn property(&self, path: Vec<&str>) -> String {
        self.get_property(path).map_or("none".into(), text)
    }
}

fn text(bytes: Bytes) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Context for Http {
    fn on_http_call_response(&mut self, _token: u32, headers: usize, size: usize, trailers: usize) {
        if headers == 0 {
            self.send_http_response(504, vec![], Some(b"no answer"));
            return;
        }
        let status = self.get_http_call_response_header(":status").unwrap_or_default();
        if status == "200" {
            self.set_http_request_header("x-call", Some(&format!("{size} {trailers}")));
            self.resume_http_request();
            return;
        }
        let reason = self.get_http_call_response_header("x-reason");
        let body = self.get_http_call_response_body(0, size);
        let headers = vec![("x-reason", reason.as_deref().unwrap_or("none"))];
        self.send_http_response(403, headers, body.as_deref());
    }
}

impl HttpContext for Http {
    fn on_http_request_headers(&mut self, count: usize, end_of_stream: bool) -> Action {
        match self.mode.as_str() {
            "headers" => {
                let all = self.get_http_request_headers();
                let one = self.get_http_request_header("x-one").unwrap_or_default();
                self.set_http_request_header("x-one", Some(&format!("{one}!")));
                self.set_http_request_header("x-gone", None);
                self.add_http_request_header("x-more", "1");
                self.add_http_request_header("x-more", "2");
                let said = format!("{} {end_of_stream}", all.len() == count);
                self.add_http_request_header("x-seen", &said);
                Action::Continue
            }
            "local" => {
                self.send_http_response(418, vec![("x-tea", "pot"), ("x-tea", "cup")], Some(b"short and stout"));
                Action::Pause
            }
            "call" => {
                let path = self.get_http_request_header(":path").unwrap_or_default();
                let headers = vec![
                    (":method", "GET"),
                    (":path", path.as_str()),
                    (":authority", "callee"),
                ];
                match self.dispatch_http_call("callee", headers, None, vec![], Duration::from_secs(2)) {
                    Ok(_) => Action::Pause,
                    Err(status) => {
                        self.send_http_response(500, vec![("x-status", &format!("{status:?}"))], None);
                        Action::Pause
                    }
                }
            }
            "nowhere" => {
                let headers = vec![(":method", "GET"), (":path", "/"), (":authority", "x")];
                let told = self.dispatch_http_call("nowhere", headers, None, vec![], Duration::from_secs(1));
                self.add_http_request_header("x-status", &format!("{told:?}"));
                Action::Continue
            }
            "properties" => {
                let path = self.property(vec!["request", "path"]);
                let method = self.property(vec!["request", "method"]);
                let none = self.property(vec!["no", "such", "thing"]);
                self.set_property(vec!["rust_said"], Some(b"hi"));
                let said = self.property(vec!["rust_said"]);
                self.add_http_request_header("x-properties", &format!("{method} {path} {none} {said}"));
                Action::Continue
            }
            "shared" => {
                let key = self.get_http_request_header("x-key").unwrap_or_default();
                let first = self.get_shared_data(&key);
                let set = self.set_shared_data(&key, Some(b"a"), None);
                let (_, cas) = self.get_shared_data(&key);
                let good = self.set_shared_data(&key, Some(b"b"), cas);
                let late = self.set_shared_data(&key, Some(b"c"), cas);
                let value = self.shared(&key);
                let said = format!("{first:?} {set:?} {good:?} {late:?} {value}");
                self.add_http_request_header("x-shared", &said);
                Action::Continue
            }
            "queue" => {
                let name = self.get_http_request_header("x-key").unwrap_or_default();
                let id = self.register_shared_queue(&name);
                let known = self.resolve_shared_queue("", &name).is_some();
                let empty = self.dequeue_shared_queue(id);
                let put = self.enqueue_shared_queue(id, Some(b"one"));
                let got = self.dequeue_shared_queue(id).map(|bytes| bytes.map(text));
                self.add_http_request_header("x-queue", &format!("{known} {empty:?} {put:?} {got:?}"));
                Action::Continue
            }
            "tick" | "metrics" => {
                let ticked = self.shared("rust-ticks").parse::<u32>().map_or(false, |ticks| ticks > 0);
                let said = format!("{ticked} {}", self.shared("rust-metrics"));
                self.add_http_request_header("x-root", &said);
                Action::Continue
            }
            "log" => {
                log::info!("info {}", self.get_http_request_header(":path").unwrap_or_default());
                log::debug!("below the level");
                log::warn!("größe");
                Action::Continue
            }
            "replace-all" => {
                let kept = [":method", ":scheme", ":authority", ":path", "x-forwarded-proto", "x-request-id"];
                let all = self.get_http_request_headers();
                let mut left: Vec<(&str, &str)> = all
                    .iter()
                    .filter(|(name, _)| kept.contains(&name.as_str()))
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                left.push(("x-only", "me"));
                self.set_http_request_headers(left);
                Action::Continue
            }
            _ => Action::Continue,
        }
    }

    fn on_http_request_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        match self.mode.as_str() {
            "request-body" if !end_of_stream => Action::Pause,
            "request-body" => {
                let body = self.get_http_request_body(0, size).unwrap_or_default();
                let text = String::from_utf8_lossy(&body).to_uppercase();
                self.set_http_request_body(0, size, text.as_bytes());
                Action::Continue
            }
            _ => Action::Continue,
        }
    }

    fn on_http_request_trailers(&mut self, count: usize) -> Action {
        if self.mode == "trailers" {
            let one = self.get_http_request_trailer("x-one").unwrap_or_default();
            self.add_http_request_trailer("x-two", &format!("{one} {count}"));
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        match self.mode.as_str() {
            "headers" => {
                self.set_http_response_header("server", None);
                self.add_http_response_header("x-rust", "yes");
            }
            "response-body" => self.set_http_response_header("content-length", None),
            _ => {}
        }
        Action::Continue
    }

    fn on_http_response_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if self.mode != "response-body" {
            return Action::Continue;
        }
        self.size = size;
        if !end_of_stream {
            return Action::Pause;
        }
        if let Some(body) = self.get_http_response_body(0, self.size) {
            if String::from_utf8_lossy(&body).contains("secret") {
                let said = format!("hidden: {size} bytes");
                self.set_http_response_body(0, size, said.as_bytes());
            }
        }
        Action::Continue
    }

    fn on_http_response_trailers(&mut self, _: usize) -> Action {
        if self.mode == "trailers" {
            self.set_http_response_trailer("x-three", Some("3"));
        }
        Action::Continue
    }

    fn on_log(&mut self) {
        if self.mode == "log" {
            let status = self.get_http_response_header(":status").unwrap_or_default();
            log::info!("done {status}");
        }
    }
}
