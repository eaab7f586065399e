//! Slow, failing, throttling, half-closed and garbage-sending servers.

use std::time::{Duration, Instant};

use aws::http::TransportError;
use aws::{Answer, Call, CallError, Client, Config, Credentials};
use value::{Value, json};

use super::server::{Reply, Server};

const OK: &str = r#"{"TableNames":["t"]}"#;

fn client(url: &str) -> Client {
    Client::new(Config {
        region: Some("eu-west-1".into()),
        endpoint: Some(url.to_owned()),
        credentials: Some(Credentials::new("AKID", "secret", None::<&str>)),
        timeout: Duration::from_millis(500),
        ..Config::default()
    })
}

async fn call(url: &str) -> Result<Answer, CallError> {
    client(url).call(Call::new("dynamodb", "listTables", Value::empty_object())).await
}

fn throttled() -> Reply {
    let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"Rate exceeded"}"#;
    Reply::json(400, "x-amzn-requestid: R1\r\n", body)
}

#[tokio::test]
async fn a_server_that_recovers_is_asked_again() {
    let server = Server::start(vec![
        Reply::json(503, "", "busy"),
        Reply::Bytes(Vec::new()),
        Reply::json(200, "x-amzn-requestid: R9\r\n", OK),
    ])
    .await;
    let answer = call(&server.url).await.unwrap();
    assert_eq!(answer.output.to_json(), OK);
    assert_eq!((answer.status, answer.request_id.as_str()), (200, "R9"));
    assert_eq!(server.count(), 3);
    let requests = server.requests.lock().unwrap();
    assert!(requests[0].contains("Credential=AKID/"), "{}", requests[0]);
    assert!(requests[0].contains("x-amz-target: DynamoDB_20120810.ListTables"));
}

#[tokio::test]
async fn throttling_ends_after_three_attempts() {
    let server = Server::start(vec![throttled()]).await;
    let Err(CallError::Service(error)) = call(&server.url).await else { panic!("no error") };
    assert_eq!(error.name, "DynamoDb.ThrottlingException");
    assert_eq!(error.code, "ThrottlingException");
    assert_eq!(
        error.cause(),
        "Rate exceeded (Service: DynamoDb, Status Code: 400, Request ID: R1) (SDK Attempt Count: 3)"
    );
    assert_eq!(
        error.legacy_cause("AmazonDynamoDBv2"),
        "Rate exceeded (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: \
         ThrottlingException; Request ID: R1; Proxy: null)"
    );
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn faults_of_the_caller_are_asked_once() {
    let body =
        r#"{"__type":"x#ResourceNotFoundException","message":"Requested resource not found"}"#;
    let server = Server::start(vec![Reply::json(400, "", body)]).await;
    let Err(CallError::Service(error)) = call(&server.url).await else { panic!("no error") };
    assert_eq!(error.name, "DynamoDb.ResourceNotFoundException");
    assert!(error.modelled);
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_stalled_server_is_given_up_in_time() {
    let start = Instant::now();
    for bytes in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"] {
        let server = Server::start(vec![Reply::Stall(bytes.to_vec())]).await;
        let mut one = Call::new("dynamodb", "listTables", Value::empty_object());
        one.max_attempts = Some(1);
        let error = client(&server.url).call(one).await.unwrap_err();
        assert!(matches!(error, CallError::Transport(TransportError::Timeout)), "{error}");
    }
    let server = Server::start(vec![Reply::Stall(Vec::new())]).await;
    let mut all = Call::new("dynamodb", "listTables", Value::empty_object());
    all.timeout = Some(Duration::from_millis(700));
    let error = client(&server.url).call(all).await.unwrap_err();
    assert!(matches!(error, CallError::Transport(TransportError::Timeout)), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn broken_answers_are_errors() {
    for (bytes, what) in [
        (&b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"Table"[..], "half-closed"),
        (b"\x16\x03\x01 garbage \xff\xfe\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{\"a\":", "half JSON"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\xff\xfe\xfd\xfc", "no UTF-8"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "bad chunk"),
        (b"", "closed at once"),
    ] {
        let server = Server::start(vec![Reply::Bytes(bytes.to_vec())]).await;
        let mut one = Call::new("dynamodb", "listTables", Value::empty_object());
        one.max_attempts = Some(1);
        let error = client(&server.url).call(one).await.expect_err(what);
        let right =
            matches!(error, CallError::Transport(_) | CallError::Unreadable { status: 200, .. });
        assert!(right, "{what}: {error:?}");
    }
}

#[tokio::test]
async fn deep_and_endless_answers_are_bounded() {
    let deep = "[".repeat(200_000);
    let server = Server::start(vec![Reply::json(200, "", &deep)]).await;
    let error = call(&server.url).await.unwrap_err();
    assert!(matches!(error, CallError::Unreadable { .. }), "{error:?}");

    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n".to_vec();
    let flood = [head, vec![b'x'; 1 << 16]].concat();
    let server = Server::start(vec![Reply::Flood(flood)]).await;
    let mut request = aws::http::Request::new("GET", server.url.clone());
    request.max_response = 1 << 20;
    let error = client(&server.url).transport().send(request).await.unwrap_err();
    assert_eq!(error, TransportError::TooLarge { limit: 1 << 20 });
}

#[tokio::test]
async fn addresses_that_nobody_has() {
    let mut one = Call::new("sqs", "listQueues", Value::empty_object());
    one.max_attempts = Some(1);
    let error = client("http://no-such-host.invalid").call(one.clone()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Unable to execute HTTP request: no-such-host.invalid: Name or service not known"
    );
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = client(&format!("http://{free}")).call(one.clone()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("Unable to execute HTTP request: Connect to {free} failed: Connection refused")
    );
    let server = Server::start(vec![Reply::Bytes(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())]).await;
    let https = server.url.replace("http://", "https://");
    let error = client(&https).call(one).await.unwrap_err();
    assert!(matches!(error, CallError::Transport(_)), "{error:?}");
}

#[tokio::test]
async fn parameters_are_checked_before_anything_is_sent() {
    let server = Server::start(vec![Reply::json(200, "", "{}")]).await;
    let input = json::parse(r#"{"Bogus":1}"#).unwrap();
    let error = client(&server.url).call(Call::new("dynamodb", "getItem", input)).await;
    let Err(CallError::Invalid(faults)) = error else { panic!("no fault") };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["TableName", "Key"]);
    let unknown = Call::new("dynamodb", "noSuchThing", Value::empty_object());
    let error = client(&server.url).call(unknown).await.unwrap_err();
    assert!(matches!(error, CallError::Unknown(_)));
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn errors_that_no_model_knows() {
    for (headers, body, code, message) in [
        (
            "",
            r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"m"}"#,
            "ValidationException",
            Some("m"),
        ),
        ("x-amzn-errortype: Odd:http://x/\r\n", "{}", "Odd", None),
        ("", "<html>Bad Gateway</html>", "413", None),
    ] {
        let server = Server::start(vec![Reply::json(413, headers, body)]).await;
        let Err(CallError::Service(error)) = call(&server.url).await else { panic!("no error") };
        assert_eq!(error.name, "DynamoDb.DynamoDbException");
        assert_eq!((error.code.as_str(), error.message.as_deref()), (code, message));
        assert!(!error.modelled);
    }
}

#[tokio::test]
async fn connections_are_kept() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let accepted = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = accepted.clone();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        while let Ok((mut stream, _)) = listener.accept().await {
            seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            tokio::spawn(async move {
                let mut buffer = [0; 8192];
                while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {
                    let answer =
                        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{OK}", OK.len());
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    let client = client(&url);
    for _ in 0..5 {
        let call = Call::new("dynamodb", "listTables", Value::empty_object());
        assert_eq!(client.call(call).await.unwrap().output.to_json(), OK);
    }
    assert_eq!(accepted.load(std::sync::atomic::Ordering::SeqCst), 1);
}

/// Lambda's Invoke: any JSON goes in as it is; function errors are told in a header.
#[tokio::test]
async fn lambda_invoke() {
    let payload = r#"{"errorMessage":"x","errorType":"Custom"}"#;
    let headers = "X-Amz-Function-Error: Unhandled\r\nX-Amz-Executed-Version: $LATEST\r\n";
    let server = Server::start(vec![Reply::json(200, headers, payload)]).await;
    let input = json::parse(
        r#"{"FunctionName":"arn:aws:lambda:eu-west-1:1:function:f","Payload":{"a":[1,"ü"]}}"#,
    );
    let answer =
        client(&server.url).call(Call::new("lambda", "invoke", input.unwrap())).await.unwrap();
    assert_eq!(
        answer.output.to_json(),
        format!(
            r#"{{"ExecutedVersion":"$LATEST","FunctionError":"Unhandled","StatusCode":200,"Payload":{}}}"#,
            Value::from(payload).to_json()
        )
    );
    let requests = server.requests.lock().unwrap();
    let path =
        "POST /2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af/invocations";
    assert!(requests[0].starts_with(path), "{}", requests[0]);
    assert!(requests[0].ends_with("\r\n\r\n{\"a\":[1,\"ü\"]}"), "{}", requests[0]);
}
