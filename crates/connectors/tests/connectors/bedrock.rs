//! `bedrock:invokeModel`, its request and answer in the parameters or in S3.

use connectors::{Config, Connectors};
use value::Value;

use crate::http_server::{HttpServer, json};
use crate::support::{call, error, parse, run, text};

#[tokio::test]
async fn models_are_asked_and_answer() {
    let server = HttpServer::start(|asked| match asked.line.split(' ').nth(1) {
        Some("/bucket/prompt") => {
            let prompt = r#"{"prompt": 1}"#;
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/x-prompt\r\nContent-Length: 13";
            Some(format!("{head}\r\n\r\n{prompt}"))
        }
        Some("/bucket/none") => json("404 Not Found", "", "<Error><Code>NoSuchKey</Code></Error>"),
        _ => json("200 OK", "", r#"{"generation": "x"}"#),
    })
    .await;
    let mut config = Config::default();
    config.aws.endpoint = Some(server.url.clone());
    config.aws.credentials = Some(aws::Credentials::new("id", "secret", None::<String>));
    let connectors = Connectors::new(config);
    let invoke = async |rest: &str| {
        let parameters = parse(&format!(r#"{{"ModelId":"m",{rest}}}"#));
        run(&connectors, call("bedrock:invokeModel", parameters)).await
    };

    let result = invoke(r#""Body":{"prompt":2}"#).await.unwrap();
    assert_eq!(result.get("Body"), Some(&parse(r#"{"generation":"x"}"#)));
    assert_eq!(text(&result, "ContentType"), "application/json");
    let asked = server.asked().pop().unwrap();
    assert_eq!(
        (asked.line.as_str(), asked.body.as_str()),
        ("POST /model/m/invoke HTTP/1.1", r#"{"prompt":2}"#)
    );

    let places = r#""Input":{"S3Uri":"s3://bucket/prompt"},"Output":{"S3Uri":"s3://bucket/out/1"}"#;
    let result = invoke(places).await.unwrap();
    assert_eq!(result.get("Body"), Some(&Value::from("s3://bucket/out/1")));
    let asked = server.asked();
    let [.., get, model, put] = &asked[..] else { panic!("{asked:?}") };
    assert!(get.line.starts_with("GET /bucket/prompt"));
    assert_eq!(model.body, r#"{"prompt": 1}"#);
    assert!(model.headers.contains("content-type: application/x-prompt"), "{}", model.headers);
    assert!(put.line.starts_with("PUT /bucket/out/1"), "{put:?}");
    assert!(put.headers.contains("content-type: application/json"), "{}", put.headers);
    assert!(put.body.contains(r#"{"generation": "x"}"#), "{put:?}");

    let failure = invoke(r#""Input":{"S3Uri":"s3://bucket/none"}"#).await.unwrap_err();
    assert_eq!(error(&failure).0, "S3.NoSuchKeyException");
    let count = server.asked().len();
    for rest in [
        r#""Body":1,"Input":{"S3Uri":"s3://b/k"}"#,
        r#""Accept":"application/json""#,
        r#""Body":1,"Output":{"S3Uri":"https://b/k"}"#,
        r#""Input":{"S3Uri":"s3://b"}"#,
    ] {
        let failure = invoke(rest).await.unwrap_err();
        assert_eq!(error(&failure).0, "States.Runtime", "{rest}");
    }
    assert_eq!(server.asked().len(), count, "nothing is sent");
}
