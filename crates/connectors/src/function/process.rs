//! One process of a function: started, spoken to, and killed with all that it started.

use std::collections::HashSet;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, oneshot};

use super::invocation::{Invocation, SharedLog};
use super::logs::MAX_LINE_BYTES;
use super::runtime_api::{Job, Reply, RuntimeApi};
use crate::config::{FunctionConfig, FunctionRuntime, FunctionSource};

const PYTHON3: &str = include_str!("bootstrap/python3.py");
const NODEJS: &str = include_str!("bootstrap/nodejs.js");

/// The process groups that are alive, so that all can be killed at once.
pub(super) type Groups = Arc<Mutex<HashSet<u32>>>;

/// A process that waits for invocations. Dropping it kills it.
pub(super) struct Process {
    child: Child,
    /// Held for as long as the process may live: `wait` would close it, and the bootstraps end
    /// with it.
    _stdin: Option<ChildStdin>,
    group: Option<u32>,
    groups: Groups,
    api: RuntimeApi,
    log: SharedLog,
    /// To those who read what it prints: they say when they have read all there is.
    readers: Vec<mpsc::UnboundedSender<oneshot::Sender<()>>>,
    fresh: bool,
    /// When the handler's file had been written that it has loaded.
    stamp: Option<SystemTime>,
}

/// How an invocation ended.
#[derive(Debug)]
pub(super) enum End {
    /// The process answered.
    Replied(Reply),
    /// The process ended.
    Exited(Option<ExitStatus>),
    /// The process had ended before it saw the invocation: another one may have it.
    Untouched,
}

impl Process {
    /// Starts a process of the function.
    pub async fn start(
        name: &str,
        config: &FunctionConfig,
        region: &str,
        groups: &Groups,
        log: SharedLog,
    ) -> io::Result<Self> {
        let api = RuntimeApi::listen().await?;
        let stamp = stamp(config);
        let mut command = command(config)?;
        environment(&mut command, name, config, region, &api.address);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let group = child.id();
        if let Some(group) = group {
            groups.lock().unwrap_or_else(PoisonError::into_inner).insert(group);
        }
        let mut readers = Vec::with_capacity(2);
        if let Some(out) = child.stdout.take() {
            readers.push(capture(out, log.clone()));
        }
        if let Some(err) = child.stderr.take() {
            readers.push(capture(err, log.clone()));
        }
        let _stdin = child.stdin.take();
        Ok(Self {
            child,
            _stdin,
            group,
            groups: Arc::clone(groups),
            api,
            log,
            readers,
            fresh: true,
            stamp,
        })
    }

    /// Whether it has not ended while nobody looked.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Whether the handler's file is still the one that it has loaded.
    pub fn is_current(&self, config: &FunctionConfig) -> bool {
        self.stamp == stamp(config)
    }

    /// Hands it an invocation and waits for its answer or its end.
    pub async fn invoke(&mut self, invocation: &Arc<Invocation>) -> End {
        let (reply, mut replied) = oneshot::channel();
        let fresh = std::mem::replace(&mut self.fresh, false);
        self.log.enter(Arc::clone(invocation));
        let job = Job {
            request_id: invocation.request_id.clone(),
            payload: invocation.payload.clone(),
            headers: invocation.headers(),
            reply,
        };
        if self.api.inbox.try_send(job).is_err() {
            return if fresh { End::Exited(None) } else { End::Untouched };
        }
        tokio::select! {
            biased;
            reply = &mut replied => reply.map_or(End::Exited(None), End::Replied),
            status = self.child.wait() => {
                if !fresh && self.api.is_untaken() {
                    return End::Untouched;
                }
                // Its last words may still be on their way through the server.
                match tokio::time::timeout(LAST_WORDS, replied).await {
                    Ok(Ok(reply)) => End::Replied(reply),
                    _ => End::Exited(status.ok()),
                }
            }
        }
    }

    /// The invocation is over: what is printed from now on is nobody's. What it printed before its
    /// answer may still stand in the pipes, and is read first.
    pub async fn leave(&self) {
        for reader in &self.readers {
            let (done, read) = oneshot::channel();
            if reader.send(done).is_ok() {
                // A reader that is gone has read all; one that is given more and more is not
                // waited for.
                let _ = tokio::time::timeout(LAST_WORDS, read).await;
            }
        }
        self.log.leave();
    }
}

/// How long an answer that a process sent before it ended may take to arrive.
const LAST_WORDS: Duration = Duration::from_millis(50);

impl Drop for Process {
    fn drop(&mut self) {
        let Some(group) = self.group else { return };
        kill_group(group);
        self.groups.lock().unwrap_or_else(PoisonError::into_inner).remove(&group);
    }
}

/// Kills every process of a group.
#[cfg(unix)]
pub(super) fn kill_group(group: u32) {
    let group = i32::try_from(group).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        // The group may be gone already.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// The process itself is killed when its handle is dropped.
#[cfg(not(unix))]
pub(super) fn kill_group(_: u32) {}

/// When the file of a handler was last written.
fn stamp(config: &FunctionConfig) -> Option<SystemTime> {
    let FunctionSource::Handler { handler, folder, runtime } = &config.source else { return None };
    let (module, ends) = match runtime {
        FunctionRuntime::Python3 => {
            (handler.rsplit_once('.')?.0.replace('.', "/"), [".py", "/__init__.py", ""])
        }
        FunctionRuntime::Nodejs => {
            let file = handler.rfind('/').map_or(0, |slash| slash + 1);
            let end = handler.get(file..)?.find('.')? + file;
            (handler.get(..end)?.to_owned(), [".js", ".mjs", ".cjs"])
        }
    };
    ends.iter().find_map(|end| {
        std::fs::metadata(folder.join(format!("{module}{end}"))).ok()?.modified().ok()
    })
}

fn command(config: &FunctionConfig) -> io::Result<Command> {
    match &config.source {
        FunctionSource::Handler { handler, folder, runtime } => {
            let folder = folder.canonicalize()?;
            let mut command = match runtime {
                FunctionRuntime::Python3 => {
                    let mut command = Command::new("python3");
                    command.args(["-u", "-c", PYTHON3]);
                    command
                }
                FunctionRuntime::Nodejs => {
                    let mut command = Command::new("node");
                    command.args(["-e", NODEJS]);
                    command
                }
            };
            command.current_dir(&folder).env("LAMBDA_TASK_ROOT", &folder).env("_HANDLER", handler);
            // The pipe stays open for as long as this server lives; see the bootstraps.
            command.stdin(Stdio::piped());
            Ok(command)
        }
        FunctionSource::Command { command: words, folder } => {
            let Some((program, arguments)) = words.split_first() else {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "the command is empty"));
            };
            let mut command = Command::new(program);
            command.args(arguments).stdin(Stdio::null()).env("_HANDLER", "handler");
            if let Some(folder) = folder {
                let folder = folder.canonicalize()?;
                command.current_dir(&folder).env("LAMBDA_TASK_ROOT", folder);
            }
            Ok(command)
        }
        FunctionSource::Url(_) => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "a URL has no process"))
        }
    }
}

fn environment(
    command: &mut Command,
    name: &str,
    config: &FunctionConfig,
    region: &str,
    address: &str,
) {
    command
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", config.memory.to_string())
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}"))
        .env("AWS_LAMBDA_LOG_STREAM_NAME", format!("[$LATEST]{address}"))
        .env("AWS_REGION", region)
        .env("AWS_DEFAULT_REGION", region)
        .envs(config.environment.iter().map(|(key, value)| (key, value)));
}

/// Reads what a process prints, for as long as it does. Whoever asks is told when all that had been
/// printed is read.
fn capture(
    output: impl AsyncRead + Send + Unpin + 'static,
    log: SharedLog,
) -> mpsc::UnboundedSender<oneshot::Sender<()>> {
    let (reader, asked) = mpsc::unbounded_channel();
    tokio::spawn(read_lines(output, log, asked));
    reader
}

/// Cuts what is printed into lines and hands them on.
async fn read_lines(
    mut output: impl AsyncRead + Unpin,
    log: SharedLog,
    mut asked: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
) {
    let mut chunk = [0; 8192];
    let mut line = Vec::new();
    loop {
        let read = tokio::select! {
            // Reading comes first, so that an answer means that there is nothing left to read.
            biased;
            read = output.read(&mut chunk) => match read {
                Ok(0) | Err(_) => break,
                Ok(read) => read,
            },
            Some(done) = asked.recv() => {
                let _ = done.send(());
                continue;
            }
        };
        for &byte in chunk.get(..read).unwrap_or_default() {
            if byte == b'\n' {
                log.line(&line);
                line.clear();
            } else {
                line.push(byte);
            }
            if line.len() >= MAX_LINE_BYTES {
                log.line(&line);
                line.clear();
            }
        }
    }
    if !line.is_empty() {
        log.line(&line);
    }
}
