//! The server under measurement: a process on an empty directory, and what the system says of it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::{Error, Options};

/// Clock ticks per second in `/proc/PID/stat` (Linux shows 100 to every program).
const TICKS: f64 = 100.0;

/// A running server. Dropping it kills it and removes its directory.
pub(crate) struct Server {
    binary: PathBuf,
    directory: PathBuf,
    child: Child,
    /// `host:port`.
    pub host: String,
    /// From its start to its first answer.
    pub started_in: Duration,
}

impl Server {
    /// Starts one on an empty directory.
    pub async fn start(options: &Options) -> Result<Self, Error> {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("stepwell-bench-{}-{count}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory)?;
        let binary = options.binary.canonicalize()?;
        let (child, host, started_in) = spawn(&binary, &directory).await?;
        Ok(Self { binary, directory, child, host, started_in })
    }

    /// Kills it as a power cut would, and starts it again on what it left.
    pub async fn crash(&mut self) -> Result<(), Error> {
        self.child.kill()?;
        self.child.wait()?;
        (self.child, self.host, self.started_in) = spawn(&self.binary, &self.directory).await?;
        Ok(())
    }

    /// A connection to it.
    pub async fn client(&self) -> Result<Client, Error> {
        Client::connect(&self.host).await
    }

    /// CPU time that it has used, in seconds.
    pub fn cpu(&self) -> Result<f64, Error> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The fields behind the name, which may hold anything: utime and stime are the 12th and
        // 13th of them (proc_pid_stat(5)).
        let fields = stat.rsplit_once(") ").map(|(_, rest)| rest).unwrap_or_default();
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
        Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
    }

    /// Memory that it holds, in bytes: all of it, and the part that is its own rather than pages
    /// of its program.
    pub fn memory(&self) -> Result<(f64, f64), Error> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib * 1024.0)
        };
        Ok((field("VmRSS:").ok_or("no VmRSS")?, field("RssAnon:").ok_or("no RssAnon")?))
    }

    /// How many threads it has.
    pub fn threads(&self) -> Result<usize, Error> {
        Ok(std::fs::read_dir(format!("/proc/{}/task", self.child.id()))?.count())
    }

    /// Bytes in its directory.
    pub fn disk(&self) -> Result<f64, Error> {
        let mut bytes = 0;
        for entry in std::fs::read_dir(&self.directory)? {
            bytes += entry?.metadata()?.len();
        }
        Ok(bytes as f64)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

async fn spawn(binary: &Path, directory: &Path) -> Result<(Child, String, Duration), Error> {
    let start = Instant::now();
    let mut child = Command::new(binary)
        .args(["serve", "--port", "0", "--data"])
        .arg(directory)
        .current_dir(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut line = String::new();
    let output = child.stdout.take().ok_or("the server has no output")?;
    BufReader::new(output).read_line(&mut line)?;
    let Some((_, host)) = line.trim().rsplit_once("//") else {
        let _ = child.kill();
        return Err(format!("the server did not say where it listens: {line}").into());
    };
    Client::connect(host).await?.get("/health").await?;
    Ok((child, host.to_owned(), start.elapsed()))
}
