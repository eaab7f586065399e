//! Redriving executions, as measured (`redrive_execution`).

use super::*;

async fn start(server: &Server, name: &str, definition: &str) -> String {
    let machine = server.machine(name, definition, "").await;
    let input = format!(r#"{{"stateMachineArn":"{machine}"}}"#);
    text(&server.ok("StartExecution", &input).await, "executionArn")
}

async fn describe(server: &Server, execution: &str) -> Value {
    server.ok("DescribeExecution", &format!(r#"{{"executionArn":"{execution}"}}"#)).await
}

async fn redrive(server: &Server, execution: &str, more: &str) -> Result<Value, (String, String)> {
    server.call("RedriveExecution", &format!(r#"{{"executionArn":"{execution}"{more}}}"#)).await
}

/// The events as `id type previous`.
async fn history(server: &Server, execution: &str) -> Vec<String> {
    let input = format!(r#"{{"executionArn":"{execution}"}}"#);
    let page = server.ok("GetExecutionHistory", &input).await;
    let number = |event: &Value, name| event.get(name).and_then(Value::as_i64).unwrap();
    let shown = |event: &Value| {
        let (id, previous) = (number(event, "id"), number(event, "previousEventId"));
        format!("{id} {} {previous}", text(event, "type"))
    };
    page.get("events").unwrap().as_array().unwrap().iter().map(shown).collect()
}

async fn take(server: &Server, activity: &str) -> String {
    let input = format!(r#"{{"activityArn":"{activity}"}}"#);
    text(&server.ok("GetActivityTask", &input).await, "taskToken")
}

async fn fail(server: &Server, token: &str) {
    let input = format!(r#"{{"taskToken":"{token}","error":"E","cause":"C"}}"#);
    server.ok("SendTaskFailure", &input).await;
}

async fn succeed(server: &Server, token: &str) {
    let input = format!(r#"{{"taskToken":"{token}","output":"1"}}"#);
    server.ok("SendTaskSuccess", &input).await;
}

async fn activity(server: &Server, name: &str) -> String {
    text(&server.ok("CreateActivity", &format!(r#"{{"name":"{name}"}}"#)).await, "activityArn")
}

fn task(activity: &str) -> String {
    format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{activity}","End":true}}}}}}"#
    )
}

fn refused(status: &str) -> (String, String) {
    let reason = format!("Execution is {status} and cannot be redriven");
    fault("ExecutionNotRedrivable", reason)
}

#[tokio::test]
async fn a_failed_task_is_done_again() {
    let server = Server::start().await;
    let activity = activity(&server, "a").await;
    let execution = start(&server, "m", &task(&activity)).await;
    assert_eq!(redrive(&server, &execution, "").await.unwrap_err(), refused("RUNNING"));
    let first = take(&server, &activity).await;
    fail(&server, &first).await;
    let failed = server.ended(&execution).await;
    assert_eq!(text(&failed, "redriveStatus"), "REDRIVABLE");
    assert_eq!((failed.get("redriveDate"), failed.get("redriveStatusReason")), (None, None));

    let redriven = redrive(&server, &execution, "").await.unwrap();
    assert_eq!(members(&redriven), ["redriveDate"]);
    let running = describe(&server, &execution).await;
    assert_eq!(text(&running, "status"), "RUNNING");
    assert_eq!(running.get("redriveDate"), redriven.get("redriveDate"));
    assert_eq!(running.get("redriveCount").and_then(Value::as_i64), Some(1));
    assert_eq!(text(&running, "redriveStatus"), "NOT_REDRIVABLE");
    assert_eq!(text(&running, "redriveStatusReason"), refused("RUNNING").1);
    for absent in ["stopDate", "error", "cause", "output"] {
        assert_eq!(running.get(absent), None, "{absent}");
    }
    let late = format!(r#"{{"taskToken":"{first}","output":"0"}}"#);
    assert_eq!(server.fails("SendTaskSuccess", &late).await.0, "TaskTimedOut");

    succeed(&server, &take(&server, &activity).await).await;
    let succeeded = server.ended(&execution).await;
    assert_eq!(
        (text(&succeeded, "status"), text(&succeeded, "output")),
        ("SUCCEEDED".into(), "1".into())
    );
    assert_eq!(redrive(&server, &execution, "").await.unwrap_err(), refused("SUCCEEDED"));
    let expected = [
        "1 ExecutionStarted 0",
        "2 TaskStateEntered 0",
        "3 ActivityScheduled 2",
        "4 ActivityStarted 3",
        "5 ActivityFailed 4",
        "6 ExecutionFailed 5",
        "7 ExecutionRedriven 6",
        "8 ActivityScheduled 2",
        "9 ActivityStarted 8",
        "10 ActivitySucceeded 9",
        "11 TaskStateExited 10",
        "12 ExecutionSucceeded 11",
    ];
    assert_eq!(history(&server, &execution).await, expected);
}

#[tokio::test]
async fn branches_that_succeeded_are_not_done_again() {
    let server = Server::start().await;
    let (good, bad) = (activity(&server, "good").await, activity(&server, "bad").await);
    let definition = format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Parallel","Branches":[{},{}],"End":true}}}}}}"#,
        task(&good).replace("\"T\"", "\"G\""),
        task(&bad)
    );
    let execution = start(&server, "m", &definition).await;
    succeed(&server, &take(&server, &good).await).await;
    fail(&server, &take(&server, &bad).await).await;
    assert_eq!(text(&server.ended(&execution).await, "status"), "FAILED");
    redrive(&server, &execution, "").await.unwrap();
    succeed(&server, &take(&server, &bad).await).await;
    assert_eq!(text(&server.ended(&execution).await, "output"), "[1,1]");
    let history = history(&server, &execution).await;
    let count = |kind: &str| history.iter().filter(|event| event.contains(kind)).count();
    assert_eq!((count("ActivityScheduled"), count("TaskStateEntered")), (3, 2));
    assert_eq!(count("ParallelStateStarted"), 1);
}

#[tokio::test]
async fn a_fail_state_fails_again() {
    let server = Server::start().await;
    let definition = r#"{"StartAt":"F","States":{"F":{"Type":"Fail","Error":"E","Cause":"C"}}}"#;
    let execution = start(&server, "m", definition).await;
    server.ended(&execution).await;
    redrive(&server, &execution, "").await.unwrap();
    let failed = server.ended(&execution).await;
    assert_eq!(failed.get("redriveCount").and_then(Value::as_i64), Some(1));
    let expected = [
        "1 ExecutionStarted 0",
        "2 FailStateEntered 0",
        "3 ExecutionFailed 2",
        "4 ExecutionRedriven 3",
        "5 ExecutionFailed 4",
    ];
    assert_eq!(history(&server, &execution).await, expected);
}

#[tokio::test]
async fn a_token_redrives_once() {
    let server = Server::start().await;
    let execution = start(&server, "m", WAIT).await;
    let token = r#","clientToken":"t""#;
    // A refused request does not use its token up.
    assert_eq!(redrive(&server, &execution, token).await.unwrap_err(), refused("RUNNING"));
    let stop = format!(r#"{{"executionArn":"{execution}"}}"#);
    server.ok("StopExecution", &stop).await;
    server.ended(&execution).await;
    let (one, other) =
        tokio::join!(redrive(&server, &execution, token), redrive(&server, &execution, token));
    let redriven = one.unwrap();
    assert_eq!(other.unwrap(), redriven);
    server.ok("StopExecution", &stop).await;
    server.ended(&execution).await;
    assert_eq!(redrive(&server, &execution, token).await.unwrap(), redriven);
    let aborted = describe(&server, &execution).await;
    assert_eq!(text(&aborted, "status"), "ABORTED");
    assert_eq!(aborted.get("redriveCount").and_then(Value::as_i64), Some(1));
    redrive(&server, &execution, r#","clientToken":"u""#).await.unwrap();
    assert_eq!(text(&describe(&server, &execution).await, "status"), "RUNNING");
}

#[tokio::test]
async fn what_is_no_standard_execution_is_refused() {
    let server = Server::start().await;
    let of = |tail: &str| format!(r#"{{"executionArn":"{}"}}"#, arn(tail));
    assert_eq!(
        server.fails("RedriveExecution", &of("express:m:e:1")).await,
        fault("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'")
    );
    assert_eq!(
        server.fails("RedriveExecution", &of("execution:m/l:e")).await,
        fault("ValidationException", "Labeled Execution ARNs are not supported for this API")
    );
    assert_eq!(
        server.fails("RedriveExecution", &of("execution:m:e")).await,
        fault(
            "ExecutionDoesNotExist",
            format!("Execution Does Not Exist: '{}'", arn("execution:m:e"))
        )
    );
}
