//! The Lambda endpoint and other services, played by a local HTTP server.

use std::time::Duration;

use connectors::{Cancel, Config, Connectors, FunctionConfig, FunctionSource, RunError};
use value::Value;

use crate::http_server::{Asked, HttpServer, json};
use crate::support::{Submitted, call, error, function, parse, run, smol, text};

fn connectors(url: &str) -> Connectors {
    let mut config = Config::default();
    config.aws.endpoint = Some(url.to_owned());
    config.aws.credentials = Some(aws::Credentials::new("id", "secret", None::<String>));
    Connectors::new(config)
}

async fn server(
    answer: impl Fn(&Asked) -> Option<String> + Send + Sync + 'static,
) -> (HttpServer, Connectors) {
    let server = HttpServer::start(answer).await;
    let connectors = connectors(&server.url);
    (server, connectors)
}

#[tokio::test]
async fn a_function_at_an_endpoint() {
    let version = "X-Amz-Executed-Version: $LATEST\r\n";
    let (server, connectors) = server(move |asked| json("200 OK", version, &asked.body)).await;
    let result = run(&connectors, function("f", r#"{"a": [1]}"#)).await.unwrap();
    assert_eq!(result, parse(r#"{"a":[1]}"#));
    let asked = server.asked().remove(0);
    assert!(asked.line.starts_with("POST /2015-03-31/functions/"), "{asked:?}");
    assert!(asked.headers.contains("authorization: aws4-hmac-sha256 credential=id/"));
    // Recorded: a string is the payload's text as it stands.
    for (given, sent, result) in [
        (r#""true""#, "true", "true"),
        (r#""\"HelloWorld\"""#, "\"HelloWorld\"", "\"HelloWorld\""),
        (r#""{}""#, "{}", "{}"),
        (r#"[]"#, "[]", "[]"),
        // Recorded: a null payload is none.
        ("null", "{}", "{}"),
    ] {
        let parameters = parse(&format!(r#"{{"FunctionName":"f","Payload":{given}}}"#));
        let output = run(&connectors, call("lambda:invoke", parameters)).await.unwrap();
        assert_eq!(output.get("Payload").unwrap().to_json(), result);
        assert_eq!(server.asked().pop().unwrap().body, sent);
        assert_eq!(text(&output, "ExecutedVersion"), "$LATEST");
        assert_eq!(output.get("StatusCode"), Some(&Value::Int(200)));
        assert_eq!(output.get("SdkResponseMetadata").unwrap().to_json(), r#"{"RequestId":"id-1"}"#);
    }
}

#[tokio::test]
async fn an_endpoint_that_knows_neither_versions_nor_roles() {
    let (server, connectors) = server(|asked| match asked.line.contains("/functions/") {
        true => json("200 OK", "", "1"),
        false => json("404 NOT FOUND", "", "{}"),
    })
    .await;
    let mut call = call("lambda:invoke", parse(r#"{"FunctionName":"f"}"#));
    call.role_arn = Some("arn:aws:iam::210987654321:role/r".into());
    let output = run(&connectors, call).await.unwrap();
    assert_eq!(text(&output, "ExecutedVersion"), "$LATEST");
    let asked = server.asked().pop().unwrap();
    assert!(asked.headers.contains("credential=210987654321/"), "{asked:?}");
}

#[tokio::test]
async fn functions_that_fail_at_an_endpoint() {
    let unhandled = "X-Amz-Function-Error: Unhandled\r\n";
    let raw = r#"{"errorMessage": "m", "errorType": "CustomException"}"#;
    let (_server, connectors) = server(move |_| json("200 OK", unhandled, raw)).await;
    let failure = run(&connectors, function("f", "{}")).await.unwrap_err();
    assert_eq!(error(&failure), ("CustomException", raw));
    let invoke = || call("lambda:invoke", parse(r#"{"FunctionName":"f"}"#));
    let failure = run(&connectors, invoke()).await.unwrap_err();
    let compact = r#"{"errorMessage":"m","errorType":"CustomException"}"#;
    assert_eq!(error(&failure), ("CustomException", compact));

    let (_server, connectors) =
        server(move |_| json("200 OK", unhandled, r#"{"no":"type"}"#)).await;
    let failure = run(&connectors, function("f", "{}")).await.unwrap_err();
    let unknown = "The cause could not be determined because Lambda did not return an error type. \
                   Returned payload: {\"no\":\"type\"}";
    assert_eq!(error(&failure), ("Lambda.Unknown", unknown));

    let message = r#"{"Type":"User","Message":"Function not found: f"}"#;
    let (_server, connectors) = server(move |_| json("404 NOT FOUND", "", message)).await;
    for call in [function("f", "{}"), invoke()] {
        let failure = run(&connectors, call).await.unwrap_err();
        let cause = "Function not found: f (Service: AWSLambda; Status Code: 404; Error Code: \
                     ResourceNotFoundException; Request ID: id-1; Proxy: null)";
        assert_eq!(error(&failure), ("Lambda.ResourceNotFoundException", cause));
    }
    let (server, connectors) = server(move |_| {
        json(
            "429 Too Many",
            "x-amzn-ErrorType: TooManyRequestsException\r\n",
            r#"{"message":"slow"}"#,
        )
    })
    .await;
    let failure = run(&connectors, function("f", "{}")).await.unwrap_err();
    assert_eq!(error(&failure).0, "Lambda.TooManyRequestsException");
    assert_eq!(server.asked().len(), 1, "the definition retries, not the client");
}

#[tokio::test]
async fn endpoints_that_do_not_answer() {
    let connectors = connectors("http://127.0.0.1:1");
    let failure = run(&connectors, function("f", "{}")).await.unwrap_err();
    assert_eq!(error(&failure).0, "Lambda.SdkClientException");
    assert!(error(&failure).1.contains("Connection refused"), "{failure:?}");
    let (_server, connectors) = server(|_| None).await;
    let failure = run(&connectors, function("f", "{}")).await.unwrap_err();
    assert_eq!(error(&failure).0, "Lambda.Unknown");
    assert!(error(&failure).1.starts_with("An attempt was made to invoke"), "{failure:?}");
    let mut config = Config::default();
    config.aws.endpoint = Some("http://no-such-queue-73e08fde".into());
    config.aws.max_attempts = 1;
    config.aws.credentials = Some(aws::Credentials::new("id", "secret", None::<String>));
    let parameters = parse(r#"{"QueueUrl":"http://no-such-queue-73e08fde/q","MessageBody":"m"}"#);
    let failure = run(&Connectors::new(config), call("sqs:sendMessage", parameters)).await;
    let cause = "Unable to execute HTTP request: no-such-queue-73e08fde: Name or service not known";
    assert_eq!(error(&failure.unwrap_err()), ("SQS.SdkClientException", cause));
}

#[tokio::test]
async fn emulators_need_no_credentials() {
    let server = HttpServer::start(|asked| json("200 OK", "", &asked.body)).await;
    let mut config = Config::default();
    config.aws.endpoint = Some(server.url.clone());
    config.aws.environment.insert("AWS_EC2_METADATA_DISABLED".into(), "true".into());
    let connectors = Connectors::new(config);
    for _ in 0..2 {
        assert_eq!(run(&connectors, function("f", "[1]")).await.unwrap(), parse("[1]"));
    }
}

#[tokio::test]
async fn a_function_behind_a_url() {
    let server = HttpServer::start(|asked| match asked.body.as_str() {
        "{\"bad\":1}" => json("500 Oops", "", r#"{"errorType":"Broken","errorMessage":"m"}"#),
        body => json("200 OK", "", body),
    })
    .await;
    let mut config = Config::default();
    let source = FunctionSource::Url(format!("{}/hook", server.url));
    config.functions.insert("f".into(), FunctionConfig::new(source));
    let connectors = Connectors::new(config);
    assert_eq!(run(&connectors, function("f", r#"{"a":1}"#)).await.unwrap(), parse(r#"{"a":1}"#));
    assert!(server.asked()[0].line.starts_with("POST /hook "));
    let failure = run(&connectors, function("f", r#"{"bad":1}"#)).await.unwrap_err();
    assert_eq!(error(&failure).0, "Broken");
}

#[tokio::test]
async fn a_submission_waits_for_its_token() {
    let (_server, connectors) = server(|_| json("200 OK", "", "{}")).await;
    let mut submitted = Submitted::default();
    let invoke = parse(r#"{"FunctionName":"f","Payload":{"token":"t"}}"#);
    let task = call("lambda:invoke.waitForTaskToken", invoke.clone());
    assert_eq!(connectors.run(task, &mut submitted).await, Ok(None));
    assert_eq!(submitted.0.unwrap().get("StatusCode"), Some(&Value::Int(200)));
    let (_server, connectors) = server(|_| json("404 No", "", r#"{"Message":"m"}"#)).await;
    let mut submitted = Submitted::default();
    let task = call("lambda:invoke.waitForTaskToken", invoke);
    let Err(RunError::Submit(failure)) = connectors.run(task, &mut submitted).await else {
        panic!()
    };
    assert_eq!(error(&failure).0, "Lambda.ResourceNotFoundException");
    assert_eq!(submitted.0, None);
}

#[tokio::test]
async fn a_job_is_submitted_once_watched_and_stopped() {
    let (server, connectors) = server(|asked| {
        let target =
            asked.headers.lines().find_map(|line| line.strip_prefix("x-amz-target: awsglue."));
        match target {
            Some("startjobrun") => json("200 OK", "", r#"{"JobRunId":"jr_1"}"#),
            Some("getjobrun") if asked.body.contains("jr_bad") => {
                json("200 OK", "", r#"{"JobRun":{"Id":"jr_bad","JobRunState":"FAILED"}}"#)
            }
            Some("getjobrun") => json(
                "200 OK",
                "",
                r#"{"JobRun":{"Id":"jr_1","JobRunState":"SUCCEEDED","StartedOn":1.5}}"#,
            ),
            _ => json("200 OK", "", "{}"),
        }
    })
    .await;
    let start = || call("glue:startJobRun.sync", parse(r#"{"JobName":"etl"}"#));
    let mut submitted = Submitted::default();
    let result = connectors.run(start(), &mut submitted).await.unwrap().unwrap();
    assert_eq!(result.to_json(), r#"{"Id":"jr_1","JobRunState":"SUCCEEDED","StartedOn":1500}"#);
    let submitted = submitted.0.unwrap();
    assert_eq!((text(&submitted, "JobName"), text(&submitted, "JobRunId")), ("etl", "jr_1"));
    let starts = || {
        let asked = server.asked();
        asked.iter().filter(|asked| asked.headers.contains("startjobrun")).count()
    };
    assert_eq!(starts(), 1);

    // After a restart the job is watched, not started again.
    let mut again = start();
    again.submitted = Some(parse(r#"{"JobName":"etl","JobRunId":"jr_bad"}"#));
    let failed = connectors.run(again, &mut Submitted::default()).await;
    let cause = r#"{"Id":"jr_bad","JobRunState":"FAILED"}"#;
    assert_eq!(failed, Err(RunError::Task(connectors::Failure::new("States.TaskFailed", cause))));
    assert_eq!(starts(), 1);

    let task = start();
    let cancel = Cancel {
        resource: task.resource,
        parameters: None,
        submitted,
        region: task.region,
        account: task.account,
        execution_role: task.execution_role,
        role_arn: None,
        execution_arn: task.execution_arn,
    };
    connectors.cancel(cancel).await;
    let stop = server.asked().pop().unwrap();
    assert!(stop.headers.contains("batchstopjobrun"));
    assert_eq!(parse(&stop.body), parse(r#"{"JobName":"etl","JobRunIds":["jr_1"]}"#));
}

#[tokio::test]
async fn this_servers_own_api_is_called_for_the_executions_account() {
    let (own, connectors) =
        server(|_| json("200 OK", "", r#"{"executionArn":"a","startDate":1.5}"#)).await;
    let away = Connectors::new(Config::default());
    drop(connectors);
    away.set_own_endpoint(&own.url);
    let mut task =
        call("aws-sdk:sfn:startExecution", parse(r#"{"StateMachineArn":"arn:m","Input":{"k":1}}"#));
    task.account = smol("210987654321");
    let output = run(&away, task).await.unwrap();
    assert_eq!(output.to_json(), r#"{"ExecutionArn":"a","StartDate":"1970-01-01T00:00:01.500Z"}"#);
    let asked = own.asked().remove(0);
    assert!(asked.headers.contains("credential=210987654321/"), "{asked:?}");
    assert!(asked.body.contains(r#""input":"{\"k\":1}""#), "{asked:?}");
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed() {
    let denied = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    let (_server, connectors) = server(move |_| json("403 No", "", denied)).await;
    let mut task = function("f", "{}");
    task.role_arn = Some(smol("arn:aws:iam::210987654321:role/other"));
    let failure = run(&connectors, task).await.unwrap_err();
    let cause = "The role arn:aws:iam::123456789012:role/r is not authorized to assume the task \
                 state's role, arn:aws:iam::210987654321:role/other.";
    assert_eq!(error(&failure), ("States.TaskFailed", cause));
}

#[tokio::test]
async fn looking_at_a_job_outlives_outages() {
    let started = std::sync::atomic::AtomicU32::new(0);
    let (_server, connectors) = server(move |asked| {
        if asked.headers.contains("getjobrun") {
            let looks = started.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if looks < 4 {
                return if looks.is_multiple_of(2) {
                    None
                } else {
                    json("503 Down", "", "garbage")
                };
            }
        }
        json("200 OK", "", r#"{"JobRun":{"JobRunState":"SUCCEEDED"}}"#)
    })
    .await;
    let mut task = call("glue:startJobRun.sync", parse(r#"{"JobName":"etl"}"#));
    task.submitted = Some(parse(r#"{"JobName":"etl","JobRunId":"jr_1"}"#));
    let mut nobody = Submitted::default();
    let run = connectors.run(task, &mut nobody);
    let result = tokio::time::timeout(Duration::from_secs(60), run).await.unwrap();
    assert_eq!(result, Ok(Some(parse(r#"{"JobRunState":"SUCCEEDED"}"#))));
}
