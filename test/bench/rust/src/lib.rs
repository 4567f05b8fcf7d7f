//! The filters of test/bench/filters; the configuration says which.

use proxy_wasm::hostcalls::{define_metric, increment_metric};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel, MetricType};
use regex::Regex;
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Warn);
    proxy_wasm::set_root_context(|_| Box::new(Root { mode: String::new(), counted: 0, items: None }));
}}

struct Root {
    mode: String,
    counted: u32,
    items: Option<Rc<Regex>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        let bytes = self.get_plugin_configuration().unwrap_or_default();
        self.mode = String::from_utf8_lossy(&bytes).into_owned();
        self.counted = define_metric(MetricType::Counter, "bench.counted").unwrap();
        let items = Regex::new("^/api/v([0-9]+)/users/([0-9a-f-]{36})/items").unwrap();
        self.items = Some(Rc::new(items));
        true
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(match self.mode.as_str() {
            "header" => Box::new(Header(self.counted)),
            "all-headers" => Box::new(AllHeaders),
            "json" => Box::new(Json),
            _ => Box::new(Path(self.items.clone()?)),
        })
    }
}

struct Header(u32);

impl Context for Header {}

impl HttpContext for Header {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let value = self.get_http_request_header("x-in");
        self.set_http_request_header("x-out", Some(value.as_deref().unwrap_or("none")));
        increment_metric(self.0, 1).unwrap();
        self.add_http_request_header("x-more", "1");
        Action::Continue
    }
}

struct AllHeaders;

impl Context for AllHeaders {}

impl HttpContext for AllHeaders {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let all = self.get_http_request_headers();
        let has = |wanted: &str| all.iter().any(|(name, _)| name == wanted);
        if !has("x-header-3") || !has("x-header-15") || !has("x-header-27") {
            self.send_http_response(400, vec![], None);
            return Action::Pause;
        }
        Action::Continue
    }
}

struct Json;

impl Context for Json {}

impl HttpContext for Json {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("content-length", None);
        Action::Continue
    }

    fn on_http_response_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if !end_of_stream {
            return Action::Pause;
        }
        let body = self.get_http_response_body(0, size).unwrap_or_default();
        let mut document: serde_json::Value = serde_json::from_slice(&body).unwrap();
        document["count"] = (document["count"].as_i64().unwrap() + 1).into();
        self.set_http_response_body(0, size, &serde_json::to_vec(&document).unwrap());
        Action::Continue
    }
}

struct Path(Rc<Regex>);

impl Context for Path {}

impl HttpContext for Path {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let path = self.get_http_request_header(":path").unwrap_or_default();
        match self.0.captures(&path) {
            Some(found) => self.set_http_request_header("x-user", Some(&found[2])),
            None => {
                self.send_http_response(404, vec![], None);
                return Action::Pause;
            }
        }
        Action::Continue
    }
}
