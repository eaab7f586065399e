//! HTTP Tasks and AWS calls of servers that are slow, failing, throttling, half-closed, or send
//! garbage.

use std::time::{Duration, Instant};

use connectors::{Authorization, Config, Connection, Connectors, Failure};
use value::Value;

use crate::server::{Reply, Server};
use crate::support::{call, error, parse, run};

fn connectors(url: &str) -> Connectors {
    let connection = Connection {
        authorization: Authorization::ApiKey { name: "X-Key".into(), value: "k".into() },
        headers: Vec::new(),
        query: Vec::new(),
        body: Vec::new(),
    };
    let mut config = Config {
        http_private_addresses: true,
        http_timeout: Some(Duration::from_millis(500)),
        connections: [("c".to_owned(), connection)].into(),
        ..Config::default()
    };
    config.aws.endpoint = Some(url.to_owned());
    config.aws.timeout = Duration::from_millis(500);
    config.aws.max_attempts = 2;
    config.aws.credentials = Some(aws::Credentials::new("id", "secret", None::<String>));
    Connectors::new(config)
}

async fn invoke(url: &str) -> Result<Value, Failure> {
    let parameters = format!(
        r#"{{"ApiEndpoint":"{url}","Method":"GET","Authentication":{{"ConnectionArn":"arn:aws:events:us-east-1:1:connection/c/1"}}}}"#
    );
    run(&connectors(url), call("http:invoke", parse(&parameters))).await
}

/// Servers, and what an HTTP Task fails with that calls them.
fn servers() -> Vec<(&'static str, Reply, &'static str)> {
    let bytes = |text: &[u8]| Reply::Bytes(text.to_vec());
    let endless = [&b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n"[..], &[b'x'; 65536]];
    let socket = "States.Http.Socket";
    vec![
        ("silent", Reply::Stall(Vec::new()), socket),
        (
            "slow",
            Reply::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec()),
            socket,
        ),
        ("closed", bytes(b""), socket),
        ("half-closed", bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"), socket),
        ("garbage", bytes(b"\x16\x03\x01 garbage \xff\xfe\r\n\r\n"), socket),
        (
            "bad chunk",
            bytes(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
            socket,
        ),
        ("endless", Reply::Flood(endless.concat()), "States.DataLimitExceeded"),
        (
            "no UTF-8",
            bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe"),
            "States.Runtime",
        ),
        ("failing", Reply::json(500, "", "oops"), "States.Http.StatusCode.500"),
        ("throttling", Reply::json(429, "retry-after: 1\r\n", "{}"), "States.Http.StatusCode.429"),
        ("moved", Reply::json(302, "location: /other\r\n", ""), "States.Http.StatusCode.302"),
    ]
}

#[tokio::test]
async fn http_tasks_of_bad_servers_fail_in_time_and_are_asked_once() {
    for (what, reply, name) in servers() {
        let server = Server::start(vec![reply]).await;
        let began = Instant::now();
        let failure = invoke(&server.url).await.expect_err(what);
        assert_eq!(error(&failure).0, name, "{what}: {failure:?}");
        assert!(began.elapsed() < Duration::from_secs(20), "{what}");
        assert_eq!(server.count(), 1, "{what}: the definition retries, not the task");
    }
}

#[tokio::test]
async fn odd_answers_are_results() {
    let deep = "[".repeat(100_000);
    let odd = "HTTP/1.1 204 \r\nx-a: 1\r\nx-a: 2\r\n\r\n".to_owned();
    let text = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{deep}",
        deep.len()
    );
    let server = Server::start(vec![Reply::Bytes(text.into()), Reply::Bytes(odd.into())]).await;
    let result = invoke(&server.url).await.unwrap();
    assert_eq!(result.get("ResponseBody"), Some(&Value::from(deep)));
    let result = invoke(&server.url).await.unwrap();
    assert_eq!(result.get("StatusCode"), Some(&Value::Int(204)));
    assert_eq!(result.get("Headers").unwrap().to_json(), r#"{"x-a":["1","2"]}"#);
}

/// The same servers behind an optimised integration and an SDK one.
#[tokio::test]
async fn aws_calls_of_bad_servers_fail_by_name() {
    for (what, reply, _) in servers() {
        if matches!(what, "endless" | "moved" | "no UTF-8") {
            continue;
        }
        let server = Server::start(vec![reply]).await;
        let expected = match what {
            "failing" | "throttling" => {
                ["DynamoDB.AmazonDynamoDBException", "DynamoDb.DynamoDbException"]
            }
            _ => ["DynamoDB.SdkClientException", "DynamoDb.SdkClientException"],
        };
        let key = r#"{"TableName":"t","Key":{"id":{"S":"1"}}}"#;
        for (resource, name) in
            ["dynamodb:getItem", "aws-sdk:dynamodb:getItem"].iter().zip(expected)
        {
            let failure = run(&connectors(&server.url), call(resource, parse(key))).await;
            assert_eq!(error(&failure.expect_err(what)).0, name, "{what}");
        }
        assert_eq!(server.count(), 4, "{what}: two attempts each");
    }
}
