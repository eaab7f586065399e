//! The protocol: heads, bodies, connections.

use super::*;
use crate::{Asset, Console};

const POST: &str = "POST / HTTP/1.1\r\nx-amz-target: AWSStepFunctions.ListStateMachines";

#[tokio::test]
async fn answers_look_as_aws_sends_them() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    // One connection, several requests; the first of them without waiting for answers.
    client.send(POST, "{}").await;
    client.send(POST, "").await;
    for _ in 0..2 {
        let answer = client.receive().await;
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"stateMachines":[]}"#));
        assert!(answer.head.contains("content-type: application/x-amz-json-1.0\r\n"));
        let id = answer.head.lines().find_map(|line| line.strip_prefix("x-amzn-requestid: "));
        assert_eq!(id.map(str::len), Some(36));
    }
    let answer = client.ask(POST, r#"{"maxResults":1001}"#).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.starts_with(
        r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"1 validation"#
    ));
    assert!(answer.head.contains("x-amzn-errortype: ValidationException\r\n"));
    let input = format!(r#"{{"stateMachineArn":"{}"}}"#, arn("stateMachine:x"));
    let missing = client.call("DescribeStateMachine", &input).await.unwrap_err();
    let message = format!("State Machine Does Not Exist: '{}'", arn("stateMachine:x"));
    assert_eq!(missing, fault("StateMachineDoesNotExist", message));
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    for body in ["{", "nothing", "[]", "\"x\"", "{} {}"] {
        let answer = client.ask(POST, body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.body.contains("com.amazon.coral.service#SerializationException"), "{body}");
    }
    for target in ["AWSStepFunctions.Nothing", "DynamoDB.ListTables", "AWSStepFunctions."] {
        let answer = client.ask(&format!("POST / HTTP/1.1\r\nx-amz-target: {target}"), "{}").await;
        assert_eq!(answer.status, 400, "{target}");
        assert!(answer.body.contains("#UnknownOperationException"), "{target}");
    }
    let answer = client.ask("POST / HTTP/1.1", "{}").await;
    assert_eq!((answer.status, answer.body.as_str()), (404, "<UnknownOperationException/>\n"));
    assert_eq!(client.ask("PUT / HTTP/1.1", "").await.status, 405);
    assert_eq!(client.ask("GET /console/api/x HTTP/1.1", "").await.status, 404);
}

#[tokio::test]
async fn large_bodies_are_read_up_to_a_limit() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let padded = format!("{{{}}}", " ".repeat(3 * 1024 * 1024));
    assert_eq!(client.ask(POST, &padded).await.status, 200);
    client
        .stream
        .write_all(format!("{POST}\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n{{").as_bytes())
        .await
        .unwrap();
    let answer = client.receive().await;
    assert_eq!(answer.status, 413);
    assert!(answer.head.contains("connection: close"));
}

#[tokio::test]
async fn chunked_bodies_are_read_whole() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let head = format!("{POST}\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n");
    client.stream.write_all(head.as_bytes()).await.unwrap();
    for piece in ["{\"maxRes", "ults\":", "2}"] {
        let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
        client.stream.write_all(chunk.as_bytes()).await.unwrap();
        client.stream.flush().await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    client.stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert_eq!(client.receive().await.status, 200);
}

#[tokio::test]
async fn the_signature_names_account_and_region() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let head = "POST / HTTP/1.1\r\nx-amz-target: AWSStepFunctions.CreateActivity\r\n\
                authorization: AWS4-HMAC-SHA256 Credential=000000000001/20260101/eu-west-1/states/aws4_request, SignedHeaders=host, Signature=0";
    let answer = client.ask(head, r#"{"name":"a"}"#).await;
    assert!(
        answer.body.contains("arn:aws:states:eu-west-1:000000000001:activity:a"),
        "{}",
        answer.body
    );
    // Lists hold what is the caller's.
    let mine = server.ok("ListActivities", "{}").await;
    assert_eq!(mine.to_json(), r#"{"activities":[]}"#);
}

#[tokio::test]
async fn sts_tells_who_calls() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let head = "POST / HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded; charset=utf-8\r\n\
                authorization: AWS4-HMAC-SHA256 Credential=AKIDX/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0";
    let answer = client.ask(head, "Action=GetCallerIdentity&Version=2011-06-15").await;
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("content-type: text/xml"));
    for part in [
        "<Account>123456789012</Account>",
        "<UserId>AKIDX</UserId>",
        "<Arn>arn:aws:iam::123456789012:root</Arn>",
    ] {
        assert!(answer.body.contains(part), "{}", answer.body);
    }
    assert_eq!(client.ask(head, "Action=GetSessionToken").await.status, 404);
}

#[tokio::test]
async fn health_and_console_are_served() {
    fn asset(path: &str, accept: &str) -> Option<Asset> {
        (path == "/a.js").then(|| Asset {
            content_type: "text/javascript",
            encoding: accept.contains("br").then_some("br"),
            cache_control: "no-cache",
            etag: "\"1\"".into(),
            body: b"let",
        })
    }
    let console = Console { asset, security_headers: || &[("x-frame-options", "DENY")] };
    let server = Server::with(|app| app.console = Some(console)).await;
    let mut client = server.connect().await;
    let answer = client.ask("GET /health HTTP/1.1", "").await;
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(answer.body, format!(r#"{{"status":"ok","version":"{version}"}}"#));
    let answer = client.ask("GET /a.js?x HTTP/1.1\r\naccept-encoding: gzip, br", "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "let"));
    for line in ["content-encoding: br", "etag: \"1\"", "x-frame-options: DENY"] {
        assert!(answer.head.contains(line), "{}", answer.head);
    }
    let answer = client.ask("GET /a.js HTTP/1.1\r\nif-none-match: \"1\"", "").await;
    assert_eq!((answer.status, answer.body.as_str()), (304, ""));
    assert_eq!(client.ask("GET /b.js HTTP/1.1", "").await.status, 404);
}

#[tokio::test]
async fn stopping_closes_idle_connections() {
    let server = Server::start().await;
    let mut idle = server.connect().await;
    assert_eq!(idle.ask(POST, "{}").await.status, 200);
    tokio::time::timeout(Duration::from_secs(5), server.stop()).await.unwrap();
    assert_eq!(idle.stream.read_buf(&mut idle.read).await.unwrap_or(0), 0);
}
