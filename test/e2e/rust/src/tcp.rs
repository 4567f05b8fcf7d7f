use proxy_wasm::traits::{Context, StreamContext};
use proxy_wasm::types::{Action, PeerType};

pub struct Tcp {
    mode: String,
    bytes: usize,
}

impl Tcp {
    pub fn new(mode: String) -> Self {
        Self { mode, bytes: 0 }
    }
}

impl Context for Tcp {}

impl StreamContext for Tcp {
    fn on_new_connection(&mut self) -> Action {
        log::info!("connected");
        Action::Continue
    }

    fn on_downstream_data(&mut self, size: usize, _: bool) -> Action {
        let data = self.get_downstream_data(0, size).unwrap_or_default();
        match self.mode.as_str() {
            "tcp-upper" => {
                let text = String::from_utf8_lossy(&data).to_uppercase();
                self.set_downstream_data(0, size, text.as_bytes());
                Action::Continue
            }
            "tcp-line" if !data.contains(&b'\n') => Action::Pause,
            "tcp-count" => {
                self.bytes += size;
                Action::Continue
            }
            _ => Action::Continue,
        }
    }

    fn on_upstream_data(&mut self, size: usize, _: bool) -> Action {
        if self.mode == "tcp-upper" {
            self.set_upstream_data(0, 0, b"> ");
        }
        self.bytes += size;
        Action::Continue
    }

    fn on_downstream_close(&mut self, _: PeerType) {
        log::info!("the client is gone");
    }

    fn on_log(&mut self) {
        log::info!("{} bytes", self.bytes);
    }
}
