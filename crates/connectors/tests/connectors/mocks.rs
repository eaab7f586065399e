//! The mock file: chosen by test case, numbered, read again when it changes.

use connectors::{Config, Connectors, RunError, TestCase};
use value::Value;

use crate::support::{Folder, Submitted, call, error, function, parse, run, smol};

fn case(name: &str) -> TestCase {
    TestCase { machine: smol("m"), case: smol(name) }
}

const FILE: &str = r#"{
  "StateMachines": {"m": {"TestCases": {"c": {"S": "twice", "T": "failing"}}}},
  "MockedResponses": {
    "twice": {"0": {"Return": {"n": 0}}, "1-2": {"Return": {"n": 1}}},
    "failing": {"0": {"Throw": {"Error": "E", "Cause": "C"}}}
  }
}"#;

fn mocked() -> (Connectors, Folder) {
    let folder = Folder::new(&[("mock.json", FILE)]);
    let mut config = Config { mock_file: Some(folder.0.join("mock.json")), ..Config::default() };
    // Whatever is not mocked is really called, and nobody listens there.
    config.aws.endpoint = Some("http://127.0.0.1:1".into());
    config.aws.credentials = Some(aws::Credentials::new("id", "secret", None::<String>));
    (Connectors::new(config), folder)
}

#[tokio::test]
async fn answers_are_counted_by_execution_and_state() {
    let (connectors, _folder) = mocked();
    let task = |execution: &str| {
        let mut task = function("f", "{}");
        task.test_case = Some(case("c"));
        task.execution_arn = smol(execution);
        task
    };
    for expected in [0, 1, 1] {
        let result = run(&connectors, task("e1")).await.unwrap();
        assert_eq!(result.get("n"), Some(&Value::Int(expected)));
    }
    let failure = run(&connectors, task("e1")).await.unwrap_err();
    assert_eq!(error(&failure).0, "States.Runtime");
    assert!(error(&failure).1.contains("invocation 3 of the state 'S'"), "{failure:?}");
    assert_eq!(run(&connectors, task("e2")).await.unwrap().get("n"), Some(&Value::Int(0)));
    connectors.forget_test_case("e1");
    assert_eq!(run(&connectors, task("e1")).await.unwrap().get("n"), Some(&Value::Int(0)));
    let mut failing = task("e1");
    failing.state_name = smol("T");
    assert_eq!(error(&run(&connectors, failing).await.unwrap_err()), ("E", "C"));
    let mut real = task("e1");
    real.state_name = smol("Unmocked");
    assert_eq!(error(&run(&connectors, real).await.unwrap_err()).0, "Lambda.SdkClientException");
}

#[tokio::test]
async fn submitted_tasks_are_submitted_and_answered() {
    let (connectors, _folder) = mocked();
    let mut task =
        call("sqs:sendMessage.waitForTaskToken", parse(r#"{"QueueUrl":"q","MessageBody":"m"}"#));
    task.test_case = Some(case("c"));
    let mut submitted = Submitted::default();
    let result = connectors.run(task.clone(), &mut submitted).await;
    assert_eq!(result, Ok(Some(parse(r#"{"n":0}"#))));
    assert!(submitted.0.is_some());
    task.state_name = smol("T");
    let result = connectors.run(task, &mut Submitted::default()).await;
    assert!(matches!(result, Err(RunError::Task(_))));
}

#[tokio::test]
async fn the_file_is_read_again_when_it_changes() {
    let (connectors, folder) = mocked();
    assert_eq!(connectors.refuse_test_case(&case("c")), None);
    assert!(connectors.refuse_test_case(&case("d")).unwrap().contains("'d'"));
    std::fs::write(folder.0.join("mock.json"), FILE.replace("\"c\"", "\"longer\"")).unwrap();
    assert_eq!(connectors.refuse_test_case(&case("longer")), None);
    std::fs::write(folder.0.join("mock.json"), "{").unwrap();
    assert!(connectors.refuse_test_case(&case("c")).unwrap().contains("cannot be used"));
    let none = Connectors::new(Config::default());
    assert!(none.refuse_test_case(&case("c")).unwrap().contains("SFN_MOCK_CONFIG"));
}

#[tokio::test]
async fn results_must_fit_the_services_model() {
    let (connectors, folder) = mocked();
    std::fs::write(
        folder.0.join("mock.json"),
        r#"{"StateMachines":{"m":{"TestCases":{"c":{"S":"r"}}}},
            "MockedResponses":{"r":{"0":{"Return":{"StatusCode":"200"}}}}}"#,
    )
    .unwrap();
    let mut task = call("lambda:invoke", parse(r#"{"FunctionName":"f"}"#));
    task.test_case = Some(case("c"));
    let failure = run(&connectors, task).await.unwrap_err();
    let cause = "Mock result schema validation error: Field 'StatusCode' must be a number";
    assert_eq!(error(&failure), ("States.Runtime", cause));
}
