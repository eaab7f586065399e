//! The API over real connections, in one process: a server on a free port and a tiny client.

mod activities;
mod aliases;
mod console;
mod executions;
mod machines;
mod map_datasets;
mod map_runs;
mod redrive;
mod tags;
mod test_states;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use asl::AnyResource;
use asl::resource::Resource;
use engine::Limits;
use items::Storage;
use items::memory::MemoryStorage;
use runtime::{
    Answer as TaskAnswer, Executions, HttpTrace, Options, Runtime, SleepTimes, SystemClock,
    TaskCall, TaskCancel, Tasks,
};
use smol_str::SmolStr;
use store::{Memory, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use value::{Value, json};

use crate::{App, Redrives, Settings, Watch, serve};

/// Calls nothing: activities need no connector. Distributed Maps read and write in memory.
struct NoTasks(MemoryStorage);

impl Tasks for NoTasks {
    fn start(&self, _: TaskCall, _: &Executions) {}

    fn cancel(&self, _: TaskCancel, _: &Executions) {}

    fn refuse_parameters(&self, _: &Resource, _: &Value) -> Option<String> {
        None
    }

    fn is_repeatable(&self, _: &Resource, _: &Value) -> bool {
        false
    }

    /// What is called gives back what it is called with.
    fn call<'a>(&'a self, call: TaskCall, _: &'a mut HttpTrace) -> TaskAnswer<'a> {
        Box::pin(std::future::ready(Ok(call.parameters)))
    }

    fn storage(&self, _: &SmolStr) -> Arc<dyn Storage> {
        Arc::new(self.0.clone())
    }

    fn check_mocked_result(&self, _: &Resource, _: &Value, _: bool) -> Option<String> {
        None
    }
}

/// A server on a free port.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<()>,
    runtime: Runtime,
    storage: MemoryStorage,
}

/// An answer: status, head and body.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Server {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut App)) -> Self {
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        let (watch, storage) = (Watch::default(), MemoryStorage::default());
        let runtime = Runtime::start(Options {
            store,
            tasks: Arc::new(NoTasks(storage.clone())),
            resources: Arc::new(AnyResource),
            strict: false,
            clock: Arc::new(SystemClock),
            limits: Limits::default(),
            // Whatever can leave memory does so at once.
            sleep: SleepTimes { idle: 1, ahead: 1, early: 0 },
            shards: 1,
            retention_ms: runtime::DEFAULT_RETENTION_MS,
            observers: vec![Arc::new(watch.clone())],
            crash_at: None,
        })
        .unwrap();
        let mut app = App {
            catalog: runtime.executions().catalog().clone(),
            executions: runtime.executions().clone(),
            settings: Settings::default(),
            clock: Arc::new(SystemClock),
            random: Box::new(runtime::random_bits),
            console: None,
            log_groups: None,
            function_logs: None,
            integrations: Vec::new(),
            sdk: None,
            watch,
            redrives: Redrives::default(),
            report: Arc::new(|text| eprintln!("reported: {text}")),
        };
        change(&mut app);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            let _ = stopped.await;
        };
        let done = tokio::spawn(serve(listener, Arc::new(app), shutdown));
        Self { address, stop, done, runtime, storage }
    }

    /// Stops the server and waits for its end.
    async fn stop(self) {
        let _ = self.stop.send(());
        self.done.await.unwrap();
        // It waits for threads, which a thread of tokio must not.
        tokio::task::spawn_blocking(move || self.runtime.stop()).await.unwrap();
    }

    async fn connect(&self) -> Client {
        Client { stream: TcpStream::connect(self.address).await.unwrap(), read: Vec::new() }
    }

    /// Calls an operation; its output, or its code and text.
    async fn call(&self, operation: &str, input: &str) -> Result<Value, (String, String)> {
        self.connect().await.call(operation, input).await
    }

    /// Calls an operation that must succeed.
    async fn ok(&self, operation: &str, input: &str) -> Value {
        self.call(operation, input).await.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }

    /// Calls an operation that must fail; its code and text.
    async fn fails(&self, operation: &str, input: &str) -> (String, String) {
        self.call(operation, input).await.unwrap_err()
    }

    /// Creates a state machine; its ARN.
    async fn machine(&self, name: &str, definition: &str, more: &str) -> String {
        let definition = Value::string(definition).to_json();
        let input =
            format!(r#"{{"name":"{name}","roleArn":"{ROLE}","definition":{definition}{more}}}"#);
        text(&self.ok("CreateStateMachine", &input).await, "stateMachineArn")
    }

    /// Waits until an execution has ended; its description.
    async fn ended(&self, execution: &str) -> Value {
        let input = format!(r#"{{"executionArn":"{execution}"}}"#);
        for _ in 0..500 {
            let description = self.ok("DescribeExecution", &input).await;
            if text(&description, "status") != "RUNNING" {
                return description;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{execution} does not end")
    }
}

/// A connection.
struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    async fn send(&mut self, head: &str, body: &str) {
        let request = format!(
            "{head}\r\nhost: sync-localhost\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
    }

    async fn receive(&mut self) -> Answer {
        loop {
            if let Some(answer) = self.take() {
                return answer;
            }
            let count = self.stream.read_buf(&mut self.read).await.unwrap();
            assert!(
                count > 0,
                "the connection ends with {:?}",
                String::from_utf8_lossy(&self.read)
            );
        }
    }

    /// An answer, if all of it is there.
    fn take(&mut self) -> Option<Answer> {
        let end = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
        let head = String::from_utf8(self.read[..end].to_vec()).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        if self.read.len() < end + length {
            return None;
        }
        let body = String::from_utf8(self.read[end..end + length].to_vec()).unwrap();
        self.read.drain(..end + length);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some(Answer { status, head, body })
    }

    async fn ask(&mut self, head: &str, body: &str) -> Answer {
        self.send(head, body).await;
        self.receive().await
    }

    async fn call(&mut self, operation: &str, input: &str) -> Result<Value, (String, String)> {
        let head = format!(
            "POST / HTTP/1.1\r\ncontent-type: application/x-amz-json-1.0\r\n\
             x-amz-target: AWSStepFunctions.{operation}"
        );
        let answer = self.ask(&head, input).await;
        let body = json::parse(&answer.body).unwrap();
        if answer.status == 200 {
            return Ok(body);
        }
        let code = text(&body, "__type");
        let code = code.split_once('#').map(|(_, code)| code.to_owned()).unwrap();
        Err((code, text(&body, "message")))
    }
}

const ROLE: &str = "arn:aws:iam::123456789012:role/r";
const PASS: &str =
    r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":{"Arg1":"argument1"},"End":true}}}"#;
const WAIT: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":600,"End":true}}}"#;

fn arn(tail: &str) -> String {
    format!("arn:aws:states:us-east-1:123456789012:{tail}")
}

/// The string member `name`.
fn text(value: &Value, name: &str) -> String {
    let member = value.get(name).and_then(Value::as_str);
    member.unwrap_or_else(|| panic!("no {name} in {}", value.to_json())).to_owned()
}

/// The string members `name` of a list's items.
fn texts(value: &Value, list: &str, name: &str) -> Vec<String> {
    value.get(list).unwrap().as_array().unwrap().iter().map(|item| text(item, name)).collect()
}

/// The names of the members, sorted.
fn members(value: &Value) -> Vec<String> {
    let mut names: Vec<_> = value.as_object().unwrap().keys().map(ToString::to_string).collect();
    names.sort();
    names
}

fn fault(code: &str, message: impl Into<String>) -> (String, String) {
    (code.to_owned(), message.into())
}
