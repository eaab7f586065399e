//! Activities and task tokens.

use super::*;

const ACTIVITY: &str = r#"{"activityArn":"arn:aws:states:us-east-1:123456789012:activity:a"}"#;

async fn with_activity() -> Server {
    let server = Server::start().await;
    server.ok("CreateActivity", r#"{"name":"a"}"#).await;
    server
}

/// An execution whose first state waits for a worker of the activity; its ARN.
async fn waiting_task(server: &Server) -> String {
    let resource = arn("activity:a");
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}","End":true}}}}}}"#
    );
    let machine = server.machine("m", &definition, "").await;
    let input = format!(r#"{{"stateMachineArn":"{machine}","input":"[1]"}}"#);
    text(&server.ok("StartExecution", &input).await, "executionArn")
}

#[tokio::test]
async fn an_activity_is_created_once() {
    let server = with_activity().await;
    let again =
        server.ok("CreateActivity", r#"{"name":"a","tags":[{"key":"k","value":"v"}]}"#).await;
    assert_eq!(text(&again, "activityArn"), arn("activity:a"));
    let description = server.ok("DescribeActivity", ACTIVITY).await;
    let shown = ["activityArn", "creationDate", "encryptionConfiguration", "name"];
    assert_eq!(members(&description), shown);
    assert_eq!(server.ok("DeleteActivity", ACTIVITY).await.to_json(), "{}");
    assert_eq!(server.ok("DeleteActivity", ACTIVITY).await.to_json(), "{}");
    let missing =
        fault("ActivityDoesNotExist", format!("Activity Does Not Exist: '{}'", arn("activity:a")));
    assert_eq!(server.fails("DescribeActivity", ACTIVITY).await, missing);
    assert_eq!(server.fails("GetActivityTask", ACTIVITY).await, missing);
    let (code, message) =
        server.fails("GetActivityTask", r#"{"activityArn":"no_an_activity_arn"}"#).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: no_an_activity_arn'")
    );
}

#[tokio::test]
async fn a_worker_does_a_task() {
    let server = with_activity().await;
    let execution = waiting_task(&server).await;
    let task = server.ok("GetActivityTask", ACTIVITY).await;
    assert_eq!(text(&task, "input"), "[1]");
    let token = text(&task, "taskToken");
    let with = |more: &str| format!(r#"{{"taskToken":"{token}"{more}}}"#);
    assert_eq!(server.ok("SendTaskHeartbeat", &with("")).await.to_json(), "{}");
    assert_eq!(
        server.fails("SendTaskSuccess", &with(r#","output":"no""#)).await.0,
        "InvalidOutput"
    );
    assert_eq!(server.ok("SendTaskSuccess", &with(r#","output":"{ }""#)).await.to_json(), "{}");
    assert_eq!(text(&server.ended(&execution).await, "output"), "{ }");
    let late = fault("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
    assert_eq!(server.fails("SendTaskHeartbeat", &with("")).await, late);
    let bad = fault("InvalidToken", "Invalid Token: 'Invalid token'");
    assert_eq!(server.fails("SendTaskHeartbeat", r#"{"taskToken":"x"}"#).await, bad);
}

#[tokio::test]
async fn a_task_fails_as_its_worker_says() {
    let server = with_activity().await;
    let execution = waiting_task(&server).await;
    let token = text(&server.ok("GetActivityTask", ACTIVITY).await, "taskToken");
    server
        .ok("SendTaskFailure", &format!(r#"{{"taskToken":"{token}","error":"E","cause":"C"}}"#))
        .await;
    let description = server.ended(&execution).await;
    assert_eq!(
        (text(&description, "error"), text(&description, "cause")),
        ("E".into(), "C".into())
    );
}

#[tokio::test]
async fn a_long_poll_ends_when_the_activity_goes() {
    let server = with_activity().await;
    let (polled, deleted) = tokio::join!(server.call("GetActivityTask", ACTIVITY), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        server.call("DeleteActivity", ACTIVITY).await
    });
    assert!(deleted.is_ok());
    assert_eq!(polled.unwrap_err().0, "ActivityDoesNotExist");
}

#[tokio::test]
async fn a_long_poll_ends_empty_when_the_server_stops() {
    let server = with_activity().await;
    let mut client = server.connect().await;
    let poll = tokio::spawn(async move { client.call("GetActivityTask", ACTIVITY).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    tokio::time::timeout(Duration::from_secs(5), server.stop()).await.unwrap();
    assert_eq!(poll.await.unwrap().unwrap().to_json(), "{}");
}
