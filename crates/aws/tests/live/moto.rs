//! moto, an independent emulator of AWS, where Python has it. The tests of `connectors` use it, too.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long it may take to start on a busy machine.
const START: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);

/// A server of its own, killed when dropped.
pub struct Moto {
    process: Child,
    /// Its address.
    pub url: String,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Moto {
    /// Starts moto; `None`, loudly, where it is not installed.
    pub async fn start() -> Option<Self> {
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let importable =
            Command::new(&python).args(["-c", "import moto.server"]).stderr(Stdio::null()).status();
        if !importable.is_ok_and(|status| status.success()) {
            println!("SKIPPED: {python} has no moto.server (pip install 'moto[server]')");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moto = Self { process, url: format!("http://127.0.0.1:{port}") };
        for _ in 0..START.as_millis() / LOOK.as_millis() {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Some(moto);
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("moto does not listen");
    }

    /// The settings of a client of it.
    pub fn config(&self) -> aws::Config {
        aws::Config {
            endpoint: Some(self.url.clone()),
            credentials: Some(aws::Credentials::new("testing", "testing", None::<&str>)),
            ..aws::Config::default()
        }
    }
}
