//! One plugin for many cases: the first word of its configuration chooses what it does.

mod http;
mod tcp;

use proxy_wasm::hostcalls::{define_metric, get_metric, increment_metric, record_metric};
use proxy_wasm::traits::{Context, HttpContext, RootContext, StreamContext};
use proxy_wasm::types::{ContextType, LogLevel, MetricType};
use std::time::Duration;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(Root::default()));
}}

#[derive(Default)]
struct Root {
    mode: String,
    ticks: u32,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, size: usize) -> bool {
        let bytes = self.get_plugin_configuration().unwrap_or_default();
        if bytes.len() != size {
            return false;
        }
        self.mode = String::from_utf8_lossy(&bytes).into_owned();
        match self.mode.as_str() {
            "tick" => self.set_tick_period(Duration::from_millis(20)),
            "metrics" => self.metrics(),
            _ => {}
        }
        true
    }

    fn on_tick(&mut self) {
        self.ticks += 1;
        let ticks = self.ticks.to_string();
        let _ = self.set_shared_data("rust-ticks", Some(ticks.as_bytes()), None);
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(if self.mode.starts_with("tcp") {
            ContextType::StreamContext
        } else {
            ContextType::HttpContext
        })
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(http::Http::new(self.mode.clone())))
    }

    fn create_stream_context(&self, _: u32) -> Option<Box<dyn StreamContext>> {
        Some(Box::new(tcp::Tcp::new(self.mode.clone())))
    }
}

impl Root {
    fn metrics(&self) {
        let counter = define_metric(MetricType::Counter, "rust_counter").unwrap();
        let gauge = define_metric(MetricType::Gauge, "rust_gauge").unwrap();
        let before = get_metric(counter).unwrap();
        increment_metric(counter, 3).unwrap();
        record_metric(gauge, 7).unwrap();
        increment_metric(gauge, -2).unwrap();
        let values = format!("{} {}", get_metric(counter).unwrap() - before, get_metric(gauge).unwrap());
        self.set_shared_data("rust-metrics", Some(values.as_bytes()), None).unwrap();
    }
}
