//! Functions on this machine, each a real process.

use std::time::{Duration, Instant};

use connectors::{Config, Connectors, FunctionConfig, FunctionRuntime, FunctionSource};
use value::Value;

use crate::support::{Folder, call, error, function, parse, run, text};

const PYTHON: &str = r#"
import os, subprocess, sys, time

count = 0

def handler(event, context):
    global count
    count += 1
    print("got", event)
    what = event.get("do") if isinstance(event, dict) else None
    if what == "raise":
        raise ValueError("no good")
    if what == "exit":
        os._exit(3)
    if what == "kill":
        os.kill(os.getpid(), 9)
    if what == "sleep":
        time.sleep(event["seconds"])
    if what == "child":
        child = subprocess.Popen(["sleep", "1000"])
        print("child", child.pid, flush=True)
        time.sleep(1000)
    if what == "unserialisable":
        return {1, 2}
    if what == "large":
        return "x" * 7_000_000
    return {"pid": os.getpid(), "count": count, "event": event, "name": context.function_name,
            "arn": context.invoked_function_arn, "left": context.get_remaining_time_in_millis(),
            "variable": os.environ.get("COLOUR")}
"#;

const NODE: &str = r#"
exports.handler = async (event, context) => {
  console.log('got', JSON.stringify(event));
  if (event.do === 'throw') throw new TypeError('no good');
  if (event.do === 'exit') process.exit(7);
  if (event.do === 'sleep') await new Promise((done) => setTimeout(done, 100000));
  return { event, pid: process.pid, name: context.functionName };
};
exports.callback = (event, context, callback) => setTimeout(() => callback(null, { by: 'callback' }), 5);
exports.silent = () => {};
exports.late = (event, context, callback) => { setTimeout(() => { throw new Error('too late'); }, 5); };
"#;

struct Fixture {
    connectors: Connectors,
    folder: Folder,
}

fn fixture(adjust: impl FnOnce(&mut FunctionConfig)) -> Fixture {
    let folder = Folder::new(&[
        ("app.py", PYTHON),
        ("broken.py", "import nonsense_module\n"),
        ("syntax.py", "def handler(:\n"),
        ("index.js", NODE),
        ("src/module.mjs", "export const handler = async (event) => ({ module: event });"),
        ("runtime.sh", RUNTIME),
    ]);
    let python = |handler: &str| {
        FunctionConfig::handler(FunctionRuntime::Python3, handler, folder.0.clone())
    };
    let node =
        |handler: &str| FunctionConfig::handler(FunctionRuntime::Nodejs, handler, folder.0.clone());
    let mut main = python("app.handler");
    main.environment.push(("COLOUR".into(), "red".into()));
    adjust(&mut main);
    let mut slow_node = node("index.handler");
    slow_node.timeout = Duration::from_secs(20);
    let mut config = Config::default();
    for (name, function) in [
        ("f", main),
        ("broken", python("broken.handler")),
        ("syntax", python("syntax.handler")),
        ("missing", python("app.nothing")),
        ("node", slow_node),
        ("callback", node("index.callback")),
        ("silent", node("index.silent")),
        ("late", node("index.late")),
        ("module", node("src/module.handler")),
        ("node-missing", node("index.nothing")),
        (
            "custom",
            FunctionConfig::new(FunctionSource::Command {
                command: vec!["sh".into(), folder.0.join("runtime.sh").display().to_string()],
                folder: Some(folder.0.clone()),
            }),
        ),
        (
            "absent",
            FunctionConfig::new(FunctionSource::Command {
                command: vec!["no-such-program".into()],
                folder: None,
            }),
        ),
    ] {
        config.functions.insert(name.into(), function);
    }
    Fixture { connectors: Connectors::new(config), folder }
}

/// A runtime as any program could be one: it speaks the Runtime API with curl.
const RUNTIME: &str = r#"
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while :; do
  body=$(curl -s -D headers.$$ "$api/invocation/next") || exit 1
  id=$(tr -d '\r' < headers.$$ | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
  echo "serving $id"
  curl -s -o /dev/null -d "{\"echo\":$body}" "$api/invocation/$id/response" || exit 1
done
"#;

#[tokio::test]
async fn a_python_handler_answers_and_its_process_is_reused() {
    let fixture = fixture(|_| {});
    let connectors = &fixture.connectors;
    let first = run(connectors, function("f", r#"{"a":[1,"é"]}"#)).await.unwrap();
    assert_eq!(first.get("event"), Some(&parse(r#"{"a":[1,"é"]}"#)));
    assert_eq!(text(&first, "name"), "f");
    assert_eq!(text(&first, "arn"), "arn:aws:lambda:us-east-1:123456789012:function:f");
    assert_eq!(text(&first, "variable"), "red");
    let left = first.get("left").and_then(Value::as_i64).unwrap();
    assert!((1..=30_000).contains(&left), "{left}");
    let second = run(connectors, function("f:$LATEST", "{}")).await.unwrap();
    assert_eq!(second.get("pid"), first.get("pid"));
    assert_eq!(second.get("count"), Some(&Value::Int(2)));
    let logs = connectors.logs("f");
    assert!(logs.iter().any(|line| line.text.contains("got {'a': [1, 'é']}")), "{logs:?}");
    assert!(logs.iter().all(|line| line.state_name.as_deref() == Some("S")));
    for scalar in ["0", "true", "[]", "\"text\"", "null"] {
        let echoed = run(connectors, function("f", scalar)).await.unwrap();
        assert_eq!(echoed.get("event"), Some(&parse(scalar)));
    }
}

#[tokio::test]
async fn a_python_handler_fails_in_lambdas_words() {
    let fixture = fixture(|_| {});
    let connectors = &fixture.connectors;
    let failure = run(connectors, function("f", r#"{"do":"raise"}"#)).await.unwrap_err();
    let (name, cause) = error(&failure);
    assert_eq!(name, "ValueError");
    let document = parse(cause);
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(|key| key.as_str()).collect();
    assert_eq!(keys, ["errorMessage", "errorType", "requestId", "stackTrace"]);
    assert_eq!(text(&document, "errorMessage"), "no good");
    let trace = document.get("stackTrace").unwrap().to_json();
    assert!(trace.contains("app.py") && trace.contains("line 12, in handler"), "{trace}");
    // The raw text of the document: Python's, with its spaces.
    assert!(cause.starts_with("{\"errorMessage\": \"no good\""), "{cause}");
    let invoke = call("lambda:invoke", parse(r#"{"FunctionName":"f","Payload":{"do":"raise"}}"#));
    let failure = run(connectors, invoke).await.unwrap_err();
    assert!(error(&failure).1.starts_with("{\"errorMessage\":\"no good\""), "{failure:?}");

    let failure = run(connectors, function("f", r#"{"do":"unserialisable"}"#)).await.unwrap_err();
    assert_eq!(error(&failure).0, "Runtime.MarshalError");
    let failure = run(connectors, function("f", r#"{"do":"large"}"#)).await.unwrap_err();
    assert_eq!(error(&failure).0, "Function.ResponseSizeTooLarge");
    for (name, kind, message) in [
        ("broken", "Runtime.ImportModuleError", "Unable to import module 'broken': No module"),
        ("syntax", "Runtime.UserCodeSyntaxError", "Syntax error in module 'syntax'"),
        ("missing", "Runtime.HandlerNotFound", "Handler 'nothing' missing on module 'app'"),
        ("absent", "Runtime.InvalidEntrypoint", "No such file or directory"),
    ] {
        let failure = run(connectors, function(name, "{}")).await.unwrap_err();
        assert_eq!(error(&failure).0, kind);
        assert!(error(&failure).1.contains(message), "{failure:?}");
    }
}

#[tokio::test]
async fn crashes_are_told_and_survived() {
    let fixture = fixture(|_| {});
    let connectors = &fixture.connectors;
    for (what, text) in
        [("exit", "Runtime exited with error: exit status 3"), ("kill", "signal: killed")]
    {
        let failure = run(connectors, function("f", &format!(r#"{{"do":"{what}"}}"#))).await;
        let failure = failure.unwrap_err();
        assert_eq!(error(&failure).0, "Runtime.ExitError");
        assert!(error(&failure).1.contains(text), "{failure:?}");
    }
    let well = run(connectors, function("f", "{}")).await.unwrap();
    assert_eq!(well.get("count"), Some(&Value::Int(1)));
    // A process that dies while it is idle is nobody's error.
    let pid = well.get("pid").unwrap().to_json();
    std::process::Command::new("kill").args(["-9", &pid]).status().unwrap();
    until_gone(&pid).await;
    let again = run(connectors, function("f", "{}")).await.unwrap();
    assert_ne!(again.get("pid"), well.get("pid"));
}

/// Whether any thread of the process is left. The first one may be a zombie while others still
/// end; only after them can its parent see the end.
fn is_running(pid: &str) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    if threads.count() > 1 {
        return true;
    }
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}

async fn until_gone(pid: &str) {
    for _ in 0..500 {
        if !is_running(pid) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{pid} is still running");
}

#[tokio::test]
async fn a_timeout_kills_all_that_the_handler_started() {
    let fixture = fixture(|config| config.timeout = Duration::from_secs(3));
    let connectors = &fixture.connectors;
    run(connectors, function("f", "{}")).await.unwrap();
    let started = Instant::now();
    let failure = run(connectors, function("f", r#"{"do":"child"}"#)).await.unwrap_err();
    assert_eq!(error(&failure).0, "Sandbox.Timedout");
    assert!(error(&failure).1.contains("Error: Task timed out after 3.00 seconds"), "{failure:?}");
    assert!(started.elapsed() < Duration::from_secs(10));
    let logs = connectors.logs("f");
    let child = logs.iter().find_map(|line| line.text.strip_prefix("child ")).unwrap();
    until_gone(child).await;
}

#[tokio::test]
async fn concurrency_is_limited() {
    let fixture = fixture(|config| config.concurrency = 2);
    let connectors = &fixture.connectors;
    let runs = (0..4).map(|_| {
        let connectors = connectors.clone();
        tokio::spawn(async move {
            run(&connectors, function("f", r#"{"do":"sleep","seconds":0.3}"#)).await.unwrap()
        })
    });
    let runs: Vec<_> = runs.collect();
    let mut pids = std::collections::BTreeSet::new();
    for run in runs {
        pids.insert(run.await.unwrap().get("pid").unwrap().to_json());
    }
    assert_eq!(pids.len(), 2, "{pids:?}");
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_its_process_usable() {
    let fixture = fixture(|config| config.concurrency = 1);
    let connectors = &fixture.connectors;
    let first = run(connectors, function("f", "{}")).await.unwrap();
    let sleep = run(connectors, function("f", r#"{"do":"sleep","seconds":0.5}"#));
    assert!(tokio::time::timeout(Duration::from_millis(100), sleep).await.is_err());
    let next = run(connectors, function("f", "{}")).await.unwrap();
    assert_eq!((next.get("pid"), next.get("count")), (first.get("pid"), Some(&Value::Int(3))));
}

#[tokio::test]
async fn an_edited_handler_is_loaded_anew() {
    let fixture = fixture(|_| {});
    let connectors = &fixture.connectors;
    run(connectors, function("f", "{}")).await.unwrap();
    std::fs::write(fixture.folder.0.join("app.py"), "def handler(*_): return 'new'\n").unwrap();
    assert_eq!(run(connectors, function("f", "{}")).await.unwrap(), Value::from("new"));
    run(connectors, function("node", "{}")).await.unwrap();
    let new = "exports.handler = async () => 'new';\n";
    std::fs::write(fixture.folder.0.join("index.js"), new).unwrap();
    assert_eq!(run(connectors, function("node", "{}")).await.unwrap(), Value::from("new"));
}

#[tokio::test]
async fn closing_ends_every_process() {
    let fixture = fixture(|_| {});
    let pid =
        run(&fixture.connectors, function("f", "{}")).await.unwrap().get("pid").unwrap().to_json();
    assert!(is_running(&pid));
    fixture.connectors.close();
    until_gone(&pid).await;
}

#[tokio::test]
async fn node_handlers() {
    let fixture = fixture(|_| {});
    let connectors = &fixture.connectors;
    let first = run(connectors, function("node", r#"{"a":1}"#)).await.unwrap();
    assert_eq!(first.get("event"), Some(&parse(r#"{"a":1}"#)));
    let failure = run(connectors, function("node", r#"{"do":"throw"}"#)).await.unwrap_err();
    assert_eq!(error(&failure).0, "TypeError");
    let document = parse(error(&failure).1);
    assert_eq!(text(&document, "errorMessage"), "no good");
    assert!(document.get("trace").is_some());
    let second = run(connectors, function("node", "{}")).await.unwrap();
    assert_eq!(second.get("pid"), first.get("pid"));
    let failure = run(connectors, function("node", r#"{"do":"exit"}"#)).await.unwrap_err();
    assert!(error(&failure).1.contains("exit status 7"), "{failure:?}");
    let by = run(connectors, function("callback", "{}")).await.unwrap();
    assert_eq!(by, parse(r#"{"by":"callback"}"#));
    assert_eq!(run(connectors, function("silent", "{}")).await.unwrap(), Value::Null);
    let failure = run(connectors, function("late", "{}")).await.unwrap_err();
    assert!(error(&failure).1.contains("too late"), "{failure:?}");
    let module = run(connectors, function("module", "[1]")).await.unwrap();
    assert_eq!(module, parse(r#"{"module":[1]}"#));
    let failure = run(connectors, function("node-missing", "{}")).await.unwrap_err();
    assert_eq!(error(&failure).0, "Runtime.HandlerNotFound");
}

#[tokio::test]
async fn any_program_that_speaks_the_runtime_api() {
    let fixture = fixture(|_| {});
    for input in ["{\"a\":1}", "[2]"] {
        let answer = run(&fixture.connectors, function("custom", input)).await.unwrap();
        assert_eq!(answer.get("echo"), Some(&parse(input)));
    }
    assert!(fixture.connectors.logs("custom").iter().any(|line| line.text.starts_with("serving ")));
}

#[tokio::test]
async fn invoke_gives_lambdas_envelope() {
    let fixture = fixture(|_| {});
    let connectors = &fixture.connectors;
    let name = "123456789012:function:f:prod";
    let parameters =
        format!(r#"{{"FunctionName":"{name}","Payload":"{{\"x\":1}}","LogType":"Tail"}}"#);
    let output = run(connectors, call("lambda:invoke", parse(&parameters))).await.unwrap();
    let keys: Vec<&str> = output.as_object().unwrap().keys().map(|key| key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "ExecutedVersion",
            "LogResult",
            "Payload",
            "SdkHttpMetadata",
            "SdkResponseMetadata",
            "StatusCode"
        ]
    );
    let payload = output.get("Payload").unwrap();
    assert_eq!(payload.get("event"), Some(&parse(r#"{"x":1}"#)));
    assert!(text(payload, "arn").ends_with(":function:f:prod"));
    let http = output.get("SdkHttpMetadata").unwrap();
    let names: Vec<&str> = http
        .get("HttpHeaders")
        .unwrap()
        .as_object()
        .unwrap()
        .keys()
        .map(|key| key.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "Connection",
            "Content-Length",
            "Content-Type",
            "Date",
            "X-Amz-Executed-Version",
            "X-Amz-Log-Result",
            "x-amzn-Remapped-Content-Length",
            "x-amzn-RequestId",
            "X-Amzn-Trace-Id"
        ]
    );
    let bad = parse(r#"{"FunctionName":"f","Payload":"no json"}"#);
    let failure = run(connectors, call("lambda:invoke", bad)).await.unwrap_err();
    assert_eq!(error(&failure).0, "Lambda.InvalidRequestContentException");
    let event = parse(r#"{"FunctionName":"f","InvocationType":"Event","Payload":{"later":1}}"#);
    let output = run(connectors, call("lambda:invoke", event)).await.unwrap();
    assert_eq!(output.get("StatusCode"), Some(&Value::Int(202)));
    for _ in 0..250 {
        if connectors.logs("f").iter().any(|line| line.text.contains("'later': 1")) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the event did not run");
}

/// The server is killed with no chance to clean up: its pipe closes, and the handler's process
/// ends, though it is in the middle of its work.
#[test]
fn processes_do_not_outlive_a_killed_server() {
    let Ok(marker) = std::env::var("CONNECTORS_TEST_ORPHAN") else {
        let folder = Folder::new(&[]);
        std::fs::create_dir_all(&folder.0).unwrap();
        let marker = folder.0.join("pid");
        let test = "functions::processes_do_not_outlive_a_killed_server";
        let mut server = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env("CONNECTORS_TEST_ORPHAN", &marker)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let pid = wait_for(|| std::fs::read_to_string(&marker).ok().filter(|pid| !pid.is_empty()));
        assert!(is_running(&pid));
        server.kill().unwrap();
        server.wait().unwrap();
        wait_for(|| (!is_running(&pid)).then_some(()));
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let fixture = fixture(|_| {});
        let connectors = fixture.connectors.clone();
        let first = run(&connectors, function("f", "{}")).await.unwrap();
        std::fs::write(&marker, first.get("pid").unwrap().to_json()).unwrap();
        let _ = run(&connectors, function("f", r#"{"do":"sleep","seconds":1000}"#)).await;
    });
}

fn wait_for<T>(mut found: impl FnMut() -> Option<T>) -> T {
    for _ in 0..1500 {
        if let Some(found) = found() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("waited in vain");
}
