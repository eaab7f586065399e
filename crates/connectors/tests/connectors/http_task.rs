//! HTTP Tasks and API Gateway against a local HTTP server.

use std::collections::BTreeMap;

use connectors::{Authorization, Config, Connection, Connectors, OAuth};
use value::Value;

use crate::http_server::{Asked, HttpServer, json};
use crate::support::{call, error, parse, run};

fn connection(authorization: Authorization) -> Connection {
    Connection {
        authorization,
        headers: vec![("X-Team".into(), "a".into())],
        query: vec![("v".into(), "2".into())],
        body: Vec::new(),
    }
}

async fn server(
    private: bool,
    answer: impl Fn(&Asked) -> Option<String> + Send + Sync + 'static,
) -> (HttpServer, Connectors) {
    let server = HttpServer::start(answer).await;
    let basic = Authorization::Basic { username: "u".into(), password: "p".into() };
    let key = Authorization::ApiKey { name: "X-Key".into(), value: "k".into() };
    let oauth = Authorization::OAuth(OAuth {
        endpoint: format!("{}/token", server.url),
        method: "POST".into(),
        client_id: "id".into(),
        client_secret: "s".into(),
        headers: Vec::new(),
        query: Vec::new(),
        body: vec![("audience".into(), "x".into())],
    });
    let mut filled = connection(key.clone());
    filled.body = vec![("team".into(), Value::from("a"))];
    let mut config = Config {
        http_private_addresses: private,
        connections: BTreeMap::from([
            ("basic".into(), connection(basic)),
            ("key".into(), connection(key)),
            ("oauth".into(), connection(oauth)),
            ("filled".into(), filled),
        ]),
        ..Config::default()
    };
    config.aws.endpoint = Some(server.url.clone());
    config.aws.credentials = Some(aws::Credentials::new("id", "secret", None::<String>));
    (server, Connectors::new(config))
}

fn task(server: &HttpServer, connection: &str, rest: &str) -> connectors::Call {
    let arn = format!("arn:aws:events:us-east-1:123456789012:connection/{connection}/1-2");
    let url = &server.url;
    let parameters = format!(
        r#"{{"ApiEndpoint":"{url}/api","Authentication":{{"ConnectionArn":"{arn}"}},{rest}}}"#
    );
    call("http:invoke", parse(&parameters))
}

#[tokio::test]
async fn what_is_sent_and_what_comes_back() {
    let (server, connectors) = server(true, |_| json("200 OK", "", r#"{"a":1}"#)).await;
    let get = r#""Method":"GET","Headers":{"x-team":"mine","B":["1","2"]},"QueryParameters":{"v":1,"q":["x y","z"]}"#;
    let result = run(&connectors, task(&server, "basic", get)).await.unwrap();
    assert_eq!(result.get("ResponseBody"), Some(&parse(r#"{"a":1}"#)));
    assert_eq!(result.get("StatusCode"), Some(&Value::Int(200)));
    assert_eq!(result.get("StatusText"), Some(&Value::from("OK")));
    let asked = server.asked().remove(0);
    assert_eq!(asked.line, "GET /api?q=x%20y&q=z&v=2 HTTP/1.1");
    for header in [
        "authorization: basic dtpw",
        "x-team: a",
        "b: 1",
        "b: 2",
        "user-agent: amazon|stepfunctions|httpinvoke|us-east-1",
        "range: bytes=0-262144",
    ] {
        assert!(asked.headers.contains(header), "{header} {}", asked.headers);
    }
    assert!(!asked.headers.contains("mine"));
    let form = r#""Method":"POST","Headers":{"Content-Type":"application/x-www-form-urlencoded"},"RequestBody":{"a":["x","y"]},"Transform":{"RequestBodyEncoding":"URL_ENCODED"}"#;
    run(&connectors, task(&server, "filled", form)).await.unwrap();
    let asked = server.asked().remove(1);
    assert_eq!(asked.body, "a%5B0%5D=x&a%5B1%5D=y&team=a");
    assert!(asked.headers.contains("x-key: k"));
    let text = r#""Method":"POST","RequestBody":"text""#;
    let failure = run(&connectors, task(&server, "filled", text)).await.unwrap_err();
    assert_eq!(error(&failure).0, "States.Runtime");
}

#[tokio::test]
async fn tokens_are_kept_until_they_are_refused() {
    let tokens = std::sync::atomic::AtomicU32::new(0);
    let (server, connectors) = server(true, move |asked| {
        if asked.line.starts_with("POST /token") {
            let number = tokens.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let body = format!(r#"{{"access_token":"t{number}","expires_in":3600}}"#);
            return json("200 OK", "", &body);
        }
        let old = asked.line.contains("new") && asked.headers.contains("bearer t0");
        json(if old { "401 Unauthorized" } else { "200 OK" }, "", "{}")
    })
    .await;
    let get = r#""Method":"GET""#;
    run(&connectors, task(&server, "oauth", get)).await.unwrap();
    run(&connectors, task(&server, "oauth", get)).await.unwrap();
    let new = r#""Method":"GET","QueryParameters":{"new":"1"}"#;
    run(&connectors, task(&server, "oauth", new)).await.unwrap();
    let lines: Vec<String> = server.asked().into_iter().map(|asked| asked.line).collect();
    let tokens = lines.iter().filter(|line| line.starts_with("POST /token")).count();
    assert_eq!((lines.len(), tokens), (6, 2), "{lines:?}");
    let body = &server.asked()[0].body;
    assert_eq!(body, "grant_type=client_credentials&client_id=id&client_secret=s&audience=x");
}

#[tokio::test]
async fn what_fails() {
    let (server, connectors) = server(true, |asked| match asked.line.split(' ').nth(1) {
        Some("/api?s=404&v=2") => json("404 Not Found", "", "none"),
        Some("/api?s=long&v=2") => json("200 OK", "", &"x".repeat(300_000)),
        Some("/api?s=closed&v=2") => None,
        Some("/api?s=image&v=2") => Some(
            "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 0\r\n\r\n".to_owned(),
        ),
        _ => json("400 Bad Request", "", r#"{"__type":"ResourceNotFoundException"}"#),
    })
    .await;
    for (kind, name) in [
        ("404", "States.Http.StatusCode.404"),
        ("long", "States.DataLimitExceeded"),
        ("closed", "States.Http.Socket"),
        ("image", "States.Runtime"),
    ] {
        let rest = format!(r#""Method":"GET","QueryParameters":{{"s":"{kind}"}}"#);
        let failure = run(&connectors, task(&server, "key", &rest)).await.unwrap_err();
        assert_eq!(error(&failure).0, name);
    }
    let unknown = task(&server, "unknown", r#""Method":"GET""#);
    let failure = run(&connectors, unknown).await.unwrap_err();
    assert_eq!(error(&failure).0, "Events.ConnectionResource.ResourceNotFound");
    for header in ["Authorization", "X-Amz-Date", "HOST"] {
        let rest = format!(r#""Method":"GET","Headers":{{"{header}":"x"}}"#);
        let failure = run(&connectors, task(&server, "key", &rest)).await.unwrap_err();
        assert_eq!(error(&failure).0, "States.Runtime");
    }
}

#[tokio::test]
async fn private_addresses_are_for_those_who_allow_them() {
    let (server, connectors) = server(false, |_| json("200 OK", "", "{}")).await;
    let port = server.url.rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]"] {
        let rest = r#""Method":"GET""#;
        let mut task = task(&server, "key", rest);
        let url = format!("https://{host}:{port}/");
        let mut parameters = (**task.parameters.as_object().unwrap()).clone();
        parameters.insert("ApiEndpoint", Value::from(url));
        task.parameters = parameters.into();
        let failure = run(&connectors, task).await.unwrap_err();
        assert_eq!(error(&failure).0, "States.Runtime", "{host} {failure:?}");
        assert!(error(&failure).1.contains("is not a public address"), "{failure:?}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn an_api_behind_api_gateway() {
    let (server, connectors) = server(true, |asked| {
        let status = if asked.line.contains("bad") { "500 Oops" } else { "200 OK" };
        json(status, "", r#"{"a":1}"#)
    })
    .await;
    let invoke = |rest: &str| {
        let text = format!(r#"{{"ApiEndpoint":"{}","Method":"POST",{rest}}}"#, server.url);
        call("apigateway:invoke", parse(&text))
    };
    let good = r#""Stage":"s","Path":"/p","AuthType":"IAM_ROLE","Headers":{"h":["1","2"]},"RequestBody":{"a":null,"b":1}"#;
    let result = run(&connectors, invoke(good)).await.unwrap();
    assert_eq!(result.get("ResponseBody"), Some(&parse(r#"{"a":1}"#)));
    let asked = server.asked().remove(0);
    assert_eq!((asked.line.as_str(), asked.body.as_str()), ("POST /s/p HTTP/1.1", r#"{"b":1}"#));
    assert!(asked.headers.contains("/execute-api/aws4_request"), "{}", asked.headers);
    let failure = run(&connectors, invoke(r#""Path":"bad""#)).await.unwrap_err();
    assert_eq!(error(&failure), ("ApiGateway.500", r#"{"a":1}"#));
    let failure = run(&connectors, invoke(r#""Headers":{"h":"1"}"#)).await.unwrap_err();
    let wrong = "[The value of the field 'Headers' has an invalid format]";
    assert!(error(&failure).1.ends_with(wrong), "{failure:?}");
}
