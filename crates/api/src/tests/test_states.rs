//! TestState, as measured. What is recorded is played against the binary (`tests/conformance`).

use super::*;

impl Server {
    /// The members of a TestState call whose JSON texts are given as JSON.
    async fn test_state(&self, definition: &str, more: &str) -> Result<Value, (String, String)> {
        let definition = Value::string(definition).to_json();
        self.call("TestState", &format!(r#"{{"definition":{definition}{more}}}"#)).await
    }

    async fn tested(&self, definition: &str, more: &str) -> String {
        let answer = self.test_state(definition, more).await;
        answer.unwrap_or_else(|error| panic!("{error:?}")).to_json()
    }

    async fn refused(&self, definition: &str, more: &str) -> String {
        let (code, message) = self.test_state(definition, more).await.unwrap_err();
        assert_eq!(code, "ValidationException", "{message}");
        message
    }
}

const LAMBDA: &str = r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke","End":true"#;
const MAP: &str = r#""Type":"Map","End":true,"ItemProcessor":{
    "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
    "StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#;

fn mock(result: &str) -> String {
    format!(r#","inspectionLevel":"DEBUG","mock":{{"result":{}}}"#, Value::string(result).to_json())
}

const MOCK_ERROR: &str = r#","mock":{"errorOutput":{"error":"E","cause":"C"}}"#;

#[tokio::test]
async fn retries_and_catches_are_told() {
    let server = Server::start().await;
    let retried = format!(
        r#"{{{LAMBDA},"Retry":[{{"ErrorEquals":["E"],"IntervalSeconds":2,"BackoffRate":2,"MaxAttempts":2}}],
            "Catch":[{{"ErrorEquals":["States.ALL"],"ResultPath":"$.caught","Next":"H"}}]}}"#
    );
    let more = |count: u32| {
        format!(
            r#","inspectionLevel":"DEBUG","input":"{{\"a\": 1}}"{MOCK_ERROR},"stateConfiguration":{{"retrierRetryCount":{count}}}"#
        )
    };
    let stages =
        r#""input":"{\"a\": 1}","afterInputPath":"{\"a\": 1}","afterParameters":"{\"a\": 1}""#;
    assert_eq!(
        server.tested(&retried, &more(1)).await,
        format!(
            r#"{{"error":"E","cause":"C","status":"RETRIABLE","inspectionData":{{{stages},"errorDetails":{{"retryIndex":0,"retryBackoffIntervalSeconds":4}}}}}}"#
        )
    );
    assert_eq!(
        server.tested(&retried, &more(2)).await,
        format!(
            r#"{{"error":"E","cause":"C","output":"{{\"a\":1,\"caught\":{{\"Error\":\"E\",\"Cause\":\"C\"}}}}","nextState":"H","status":"CAUGHT_ERROR","inspectionData":{{{stages},"errorDetails":{{"catchIndex":0}}}}}}"#
        )
    );
    let failed = server.tested(&format!("{{{LAMBDA}}}"), MOCK_ERROR).await;
    assert_eq!(failed, r#"{"error":"E","cause":"C","status":"FAILED"}"#);
    server.stop().await;
}

#[tokio::test]
async fn a_map_shows_what_its_iterations_would_get() {
    let server = Server::start().await;
    let map = format!(
        r#"{{{MAP},"ItemsPath":"$.items","ToleratedFailureCount":1,
            "ItemSelector":{{"v.$":"$$.Map.Item.Value"}},"ItemBatcher":{{"MaxItemsPerBatch":2}}}}"#
    );
    let input = r#","input":"{\"items\":[1,2,3]}""#;
    let seen = server.tested(&map, &format!("{input}{}", mock("[1,2]"))).await;
    for part in [
        r#""output":"[1,2]""#,
        r#""afterItemsPath":"[1, 2, 3]""#,
        r#""afterItemSelector":"[{\"v\":1}, {\"v\":2}, {\"v\":3}]""#,
        r#""afterItemBatcher":"[{\"Items\":[\"{\\\"v\\\":1}\",\"{\\\"v\\\":2}\"]}, {\"Items\":[\"{\\\"v\\\":3}\"]}]""#,
        r#""maxConcurrency":0,"toleratedFailureCount":1"#,
    ] {
        assert!(seen.contains(part), "{part} is not in {seen}");
    }
    let failures = |count: u32, result: &str| {
        format!(
            r#"{input}{},"stateConfiguration":{{"mapIterationFailureCount":{count}}}"#,
            mock(result)
        )
    };
    // The threshold is judged before the size of the result.
    let exceeded = server.tested(&map, &failures(2, "[1]")).await;
    assert!(exceeded.starts_with(
        r#"{"error":"States.ExceedToleratedFailureThreshold","cause":"The specified tolerated failure threshold was exceeded","status":"FAILED""#
    ));
    assert_eq!(
        server.refused(&map, &failures(1, "[1]")).await,
        "Input array does not equal the mocked result array's size"
    );
    assert_eq!(
        server.refused(&map, &failures(3, "[1,2]")).await,
        "Map iteration failure count must be less than or equal to the number of Map iterations"
    );
    server.stop().await;
}

#[tokio::test]
async fn what_an_item_reader_reads_is_given() {
    let server = Server::start().await;
    let map = format!(
        r#"{{{MAP},"ItemReader":{{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{{"InputType":"JSONL"}},
            "Parameters":{{"Bucket":"b","Key":"k"}}}},"ItemSelector":{{"i.$":"$$.Map.Item.Index"}}}}"#
    );
    assert_eq!(
        server.refused(&map, &mock("[1,2]")).await,
        "ItemReader data must be specified when testing a Map state with ItemReader specified."
    );
    let data = r#","stateConfiguration":{"mapItemReaderData":"{\"a\":1}\n{\"a\":2}\n"}"#;
    let seen = server.tested(&map, &format!("{}{data}", mock("[1,2]"))).await;
    assert!(seen.contains(r#""afterItemSelector":"[{\"i\":0}, {\"i\":1}]""#), "{seen}");
    let map = map.replace(r#""JSONL""#, r#""JSON","ItemsPointer":"/b~1c/0""#);
    let data = r#","stateConfiguration":{"mapItemReaderData":"{\"b/c\":[[7,8]]}"}"#;
    let seen = server.tested(&map, &format!("{}{data}", mock("[1,2]"))).await;
    assert!(seen.contains(r#""afterItemsPointer":"[7, 8]""#), "{seen}");
    server.stop().await;
}

#[tokio::test]
async fn states_without_a_mock_run() {
    let server = Server::start().await;
    let task = r#"{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"a":1},"Next":"N"}"#;
    let role = format!(r#","roleArn":"{ROLE}""#);
    let expected = r#"{"output":"{\"a\":1}","nextState":"N","status":"SUCCEEDED"}"#;
    assert_eq!(server.tested(task, &role).await, expected);
    assert_eq!(
        server.refused(task, "").await,
        "RoleArn must be specified when testing a Task state"
    );
    let wait = r#"{"Type":"Wait","Seconds":1,"End":true}"#;
    let expected = r#"{"output":"{}","status":"SUCCEEDED"}"#;
    assert_eq!(server.tested(wait, "").await, expected);
    let pass = r#"{"Type":"Pass","QueryLanguage":"JSONata","Assign":{"b":"{% $a + 1 %}"},"Output":"{% $a %}","End":true}"#;
    assert_eq!(
        server.tested(pass, r#","inspectionLevel":"DEBUG","variables":"{\"a\":1}""#).await,
        r#"{"output":"1","status":"SUCCEEDED","inspectionData":{"input":"{}","variables":"{\"a\":1,\"b\":2}"}}"#
    );
    // The cause does not begin with the words that executions put before it.
    let missing = r#"{"Type":"Pass","InputPath":"$.a","End":true}"#;
    let failed = server.tested(missing, "").await;
    assert!(
        failed.starts_with(r#"{"error":"States.Runtime","cause":"Invalid path '$.a'"#),
        "{failed}"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_state_is_found_wherever_it_stands() {
    let server = Server::start().await;
    let machine = r#"{"StartAt":"M","States":{"M":{"Type":"Map","Next":"Z","ItemProcessor":{
        "StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},
        "B":{"Type":"Pass","Parameters":{"name.$":"$$.State.Name"},"End":true}}}},
        "Z":{"Type":"Pass","End":true}}}"#;
    let of = |name: &str| format!(r#","stateName":"{name}""#);
    assert_eq!(
        server.tested(machine, &of("A")).await,
        r#"{"output":"{}","nextState":"B","status":"SUCCEEDED"}"#
    );
    assert_eq!(
        server.tested(machine, &of("B")).await,
        r#"{"output":"{\"name\":\"StateName\"}","status":"SUCCEEDED"}"#
    );
    assert_eq!(server.refused(machine, &of("C")).await, "State not found in definition");
    server.stop().await;
}

#[tokio::test]
async fn mocks_that_do_not_fit_are_refused() {
    let server = Server::start().await;
    let task = format!("{{{LAMBDA}}}");
    let parallel = r#"{"Type":"Parallel","End":true,"Branches":[
        {"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}]}"#;
    for (definition, more, message) in [
        (
            &*task,
            r#","mock":{}"#,
            "One of the following fields is required for a test mock: [result, errorOutput].",
        ),
        (
            &*task,
            r#","mock":{"result":"{}","errorOutput":{"error":"E"}}"#,
            "A test mock should have only one of the following fields: [result, errorOutput].",
        ),
        (&*task, &*mock("null"), "Mocked result must be a valid JSON object."),
        (
            &*task,
            r#","mock":{"errorOutput":{"cause":"C"}}"#,
            "An error was not specified in the mocked error output.",
        ),
        (
            &*task,
            r#","mock":{"result":"{}"},"stateConfiguration":{"mapIterationFailureCount":1}"#,
            "MapIterationFailureCount is only supported when testing a Map state.",
        ),
        (parallel, &*mock("{}"), "Mocked result must be an array."),
        (
            parallel,
            &*mock("[1,2]"),
            "Mocked result must contain the same number of items as number of Parallel branches.",
        ),
        (
            &*task,
            r#","mock":{"result":"{}"},"context":"{\"Task\":{\"Token\":\"t\"}}""#,
            "Invalid Context object provided: Context object contains 'Task' when state is not a \
             Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
        ),
        (
            &*task,
            r#","mock":{"result":"{}"},"context":"{\"Map\":{}}""#,
            "Invalid Context object provided: 'Map' field is not supported when mocking a Context \
             object",
        ),
    ] {
        assert_eq!(server.refused(definition, more).await, message);
    }
    server.stop().await;
}
