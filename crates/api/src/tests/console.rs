//! What only the console asks for (`crates/console/API.md`).

use super::*;
use crate::{Integration, Sdk};

const OWN: &str = "x-stepwell-console: 1";

async fn get(server: &Server, path: &str) -> Answer {
    server.connect().await.ask(&format!("GET /console/api/{path} HTTP/1.1"), "").await
}

/// The first item of the list `name`.
fn first<'v>(value: &'v Value, name: &str) -> &'v Value {
    &value.get(name).and_then(Value::as_array).unwrap()[0]
}

#[tokio::test]
async fn a_definition_is_checked_and_completed() {
    let server = Server::start().await;
    let text =
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"Bx"},"B":{"Type":"Succeed"}}}"#;
    let offset = text.find("Bx").unwrap() + 1;
    let body = Value::object([
        ("text", Value::from(text)),
        ("type", "STANDARD".into()),
        ("offset", Value::Int(offset as i64)),
    ]);
    let head = format!("POST /console/api/definition HTTP/1.1\r\n{OWN}");
    let answer = server.connect().await.ask(&head, &body.to_json()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let checked = json::parse(&answer.body).unwrap();
    let codes = texts(&checked, "diagnostics", "code");
    assert!(!codes.is_empty() && codes.iter().all(|it| it == "MISSING_TRANSITION_TARGET"));
    let diagnostic = first(&checked, "diagnostics");
    let place = |name| diagnostic.get(name).and_then(Value::as_i64).unwrap() as usize;
    assert_eq!(&text[place("start")..place("end")], "\"Bx\"");
    assert_eq!((place("line"), place("column")), (1, text.find("\"Bx").unwrap() + 1));
    assert_eq!(texts(&checked, "completions", "insert"), ["\"B\""]);
    let refused = server.connect().await.ask("POST /console/api/definition HTTP/1.1", "{}").await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn tasks_that_wait_are_listed() {
    let server = Server::start().await;
    server.ok("CreateActivity", r#"{"name":"a"}"#).await;
    let resource = arn("activity:a");
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}","TimeoutSeconds":60,"End":true}}}}}}"#
    );
    let machine = server.machine("m", &definition, "").await;
    let input = format!(r#"{{"stateMachineArn":"{machine}","input":"[1]"}}"#);
    server.ok("StartExecution", &input).await;
    let tasks = json::parse(&get(&server, "tasks").await.body).unwrap();
    assert_eq!(texts(&tasks, "tasks", "taskToken"), [""]);
    assert_eq!(texts(&tasks, "tasks", "input"), ["[1]"]);
    let count =
        |tasks: &Value, name| first(tasks, "activities").get(name).and_then(Value::as_i64).unwrap();
    assert_eq!((count(&tasks, "scheduled"), count(&tasks, "started")), (1, 0));
    let worker = format!(r#"{{"activityArn":"{resource}","workerName":"w"}}"#);
    let token = text(&server.ok("GetActivityTask", &worker).await, "taskToken");
    let tasks = json::parse(&get(&server, "tasks").await.body).unwrap();
    assert_eq!(texts(&tasks, "tasks", "taskToken"), [token]);
    assert_eq!(texts(&tasks, "tasks", "workerName"), ["w"]);
    assert_eq!((count(&tasks, "scheduled"), count(&tasks, "started")), (0, 1));
    for name in ["startedDate", "timeoutDate"] {
        assert!(first(&tasks, "tasks").get(name).is_some(), "{name}");
    }
}

/// Reads from a stream until it says `until`.
async fn read_until(client: &mut Client, until: &str) -> String {
    loop {
        let text = String::from_utf8_lossy(&client.read).into_owned();
        if text.contains(until) {
            return text;
        }
        let reading = client.stream.read_buf(&mut client.read);
        let count = tokio::time::timeout(Duration::from_secs(10), reading).await;
        assert!(count.unwrap().unwrap() > 0, "it ends with {text}");
    }
}

#[tokio::test]
async fn events_are_streamed_as_they_happen() {
    let server = Server::start().await;
    let machine = server.machine("m", WAIT, "").await;
    let input = format!(r#"{{"stateMachineArn":"{machine}"}}"#);
    let execution = text(&server.ok("StartExecution", &input).await, "executionArn");
    let path = format!("/console/api/executions/{}/events", execution.replace(':', "%3A"));
    let mut all = server.connect().await;
    all.send(&format!("GET {path}?after=0 HTTP/1.1"), "").await;
    let head = read_until(&mut all, "WaitStateEntered").await;
    assert!(head.contains("content-type: text/event-stream") && head.contains("id: 2\n"), "{head}");
    let mut tail = server.connect().await;
    tail.send(&format!("GET {path}?after=0 HTTP/1.1\r\nlast-event-id: 2"), "").await;
    read_until(&mut tail, "text/event-stream").await;
    server.ok("StopExecution", &format!(r#"{{"executionArn":"{execution}"}}"#)).await;
    for client in [&mut all, &mut tail] {
        let stream = read_until(client, "event: end\ndata: {\"status\":\"ABORTED\"}").await;
        assert_eq!(stream.matches("ExecutionAborted").count(), 1, "{stream}");
    }
    assert!(!String::from_utf8_lossy(&tail.read).contains("ExecutionStarted"));
    let unknown =
        get(&server, "executions/arn%3Aaws%3Astates%3Aus-east-1%3A1%3Aexecution%3Am%3Ax/events")
            .await;
    assert!(unknown.status == 400 && unknown.body.contains("ExecutionDoesNotExist"));
}

#[tokio::test]
async fn pages_of_another_origin_are_refused() {
    let server = Server::start().await;
    let list = "POST / HTTP/1.1\r\nx-amz-target: AWSStepFunctions.ListStateMachines";
    for header in ["origin: http://attacker.test", "sec-fetch-site: cross-site"] {
        let mut client = server.connect().await;
        assert_eq!(client.ask(&format!("{list}\r\n{header}"), "{}").await.status, 403);
        let tasks = format!("GET /console/api/tasks HTTP/1.1\r\n{header}");
        assert_eq!(client.ask(&tasks, "").await.status, 403);
    }
    let own = format!("{list}\r\norigin: http://sync-localhost\r\nsec-fetch-site: same-origin");
    assert_eq!(server.connect().await.ask(&own, "{}").await.status, 200);
}

#[tokio::test]
async fn services_of_the_sdk_are_named_and_their_actions_had_one_service_at_a_time() {
    fn actions(service: &str) -> Vec<Integration> {
        let action = Integration {
            service: format!("aws-sdk:{service}"),
            name: "DynamoDB (SDK)".into(),
            action: "putItem".into(),
            resource: format!("arn:aws:states:::aws-sdk:{service}:putItem"),
            patterns: vec!["", ".waitForTaskToken"],
            parameters: vec!["TableName".into(), "Item".into()],
        };
        Vec::from_iter((service == "dynamodb").then_some(action))
    }
    let sdk = Sdk { services: || vec!["dynamodb", "s3"], actions };
    let server = Server::with(|app| app.sdk = Some(sdk)).await;
    let all = json::parse(&get(&server, "integrations").await.body).unwrap();
    let services = all.get("services").and_then(Value::as_array).unwrap();
    assert_eq!(services.as_slice(), ["aws-sdk:dynamodb".into(), "aws-sdk:s3".into()]);
    let one = json::parse(&get(&server, "integrations/aws-sdk%3Adynamodb").await.body).unwrap();
    let service = first(&one, "integrations");
    assert_eq!(texts(service, "actions", "action"), ["putItem"]);
    let none = json::parse(&get(&server, "integrations/aws-sdk:none").await.body).unwrap();
    assert_eq!(none.get("integrations").and_then(Value::as_array).map(|it| it.len()), Some(0));
    for (typed, completed) in [
        ("arn:aws:states:::aws-sdk:dyn", "\"arn:aws:states:::aws-sdk:dynamodb:\""),
        ("arn:aws:states:::aws-sdk:dynamodb:p", "\"arn:aws:states:::aws-sdk:dynamodb:putItem\""),
    ] {
        let text = format!(r#"{{"States":{{"A":{{"Type":"Task","Resource":"{typed}"}}}}}}"#);
        let offset = text.find(typed).unwrap() + typed.len();
        let body = Value::object([
            ("text", Value::from(text.as_str())),
            ("offset", Value::Int(offset as i64)),
        ]);
        let head = format!("POST /console/api/definition HTTP/1.1\r\n{OWN}");
        let answer = server.connect().await.ask(&head, &body.to_json()).await;
        let checked = json::parse(&answer.body).unwrap();
        assert_eq!(texts(&checked, "completions", "insert"), [completed]);
    }
}

#[tokio::test]
async fn functions_of_expressions_are_named() {
    let server = Server::start().await;
    let answer = json::parse(&get(&server, "functions").await.body).unwrap();
    let names = texts(&answer, "functions", "name");
    assert!(names.contains(&"sum".to_owned()) && names.contains(&"uuid".to_owned()), "{names:?}");
    assert!(!names.contains(&"eval".to_owned()), "AWS has none");
}

#[tokio::test]
async fn lines_of_functions_are_told_from_a_moment_on() {
    struct Printed;
    impl crate::FunctionLogs for Printed {
        fn of(&self, execution_arn: &str) -> Vec<crate::FunctionLogLine> {
            let line = |ms: i64| crate::FunctionLogLine {
                function: "work".into(),
                request_id: None,
                state_name: Some("Work".into()),
                time: value::Timestamp(ms),
                text: format!("at {ms}").into(),
            };
            if execution_arn.ends_with(":e") { vec![line(1_500), line(2_001)] } else { Vec::new() }
        }
    }
    let server = Server::with(|app| app.function_logs = Some(Arc::new(Printed))).await;
    let path = format!("executions/{}/logs", arn("execution:m:e").replace(':', "%3A"));
    for (query, told) in [
        ("", vec!["at 1500", "at 2001"]),
        ("?since=1.5", vec!["at 1500", "at 2001"]),
        ("?since=2.001", vec!["at 2001"]),
        ("?since=2.002", vec![]),
        ("?since=yesterday", vec!["at 1500", "at 2001"]),
    ] {
        let lines = json::parse(&get(&server, &format!("{path}{query}")).await.body).unwrap();
        assert_eq!(texts(&lines, "lines", "text"), told, "{query}");
        assert!(texts(&lines, "lines", "stateName").iter().all(|it| it == "Work"));
    }
}

#[tokio::test]
async fn an_execution_without_functions_has_no_lines() {
    let server = Server::start().await;
    let path = format!("executions/{}/logs", arn("execution:m:e").replace(':', "%3A"));
    let answer = get(&server, &path).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"lines":[]}"#));
    assert_eq!(get(&server, "executions/x/nothing").await.status, 404);
}
