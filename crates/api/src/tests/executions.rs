//! Executions, as recorded (`test_sfn_api`, `test_sfn_api_express`).

use super::*;

fn of(machine: &str, more: &str) -> String {
    format!(r#"{{"stateMachineArn":"{machine}"{more}}}"#)
}

async fn start(server: &Server, machine: &str, more: &str) -> String {
    text(&server.ok("StartExecution", &of(machine, more)).await, "executionArn")
}

#[tokio::test]
async fn an_execution_runs_and_tells_of_it() {
    let server = Server::start().await;
    let machine = server.machine("m", PASS, "").await;
    let execution = start(&server, &machine, r#","name":"e","traceHeader":"Root=1""#).await;
    assert_eq!(execution, arn("execution:m:e"));
    let description = server.ended(&execution).await;
    let expected = [
        "executionArn",
        "input",
        "inputDetails",
        "name",
        "output",
        "outputDetails",
        "redriveCount",
        "redriveStatus",
        "redriveStatusReason",
        "startDate",
        "stateMachineArn",
        "status",
        "stopDate",
        "traceHeader",
    ];
    assert_eq!(members(&description), expected);
    assert_eq!(
        (text(&description, "input"), text(&description, "output")),
        ("{}".into(), r#"{"Arg1":"argument1"}"#.into())
    );
    assert_eq!(
        text(&description, "redriveStatusReason"),
        "Execution is SUCCEEDED and cannot be redriven"
    );
    let input = format!(r#"{{"executionArn":"{execution}","includedData":"METADATA_ONLY"}}"#);
    let metadata = server.ok("DescribeExecution", &input).await;
    assert_eq!((metadata.get("input"), metadata.get("output")), (None, None));
    let of_execution = server
        .ok("DescribeStateMachineForExecution", &format!(r#"{{"executionArn":"{execution}"}}"#))
        .await;
    let expected = [
        "definition",
        "loggingConfiguration",
        "name",
        "roleArn",
        "stateMachineArn",
        "tracingConfiguration",
        "updateDate",
    ];
    assert_eq!(members(&of_execution), expected);
}

#[tokio::test]
async fn history_is_paged_in_both_directions() {
    let server = Server::start().await;
    let machine = server.machine("m", PASS, "").await;
    let execution = start(&server, &machine, "").await;
    server.ended(&execution).await;
    let types = ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"];
    for reverse in [false, true] {
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let input = format!(
                r#"{{"executionArn":"{execution}","maxResults":3,"reverseOrder":{reverse}{token}}}"#
            );
            let page = server.ok("GetExecutionHistory", &input).await;
            seen.extend(texts(&page, "events", "type"));
            let Some(next) = page.get("nextToken") else { break };
            token = format!(r#","nextToken":{}"#, next.to_json());
        }
        let mut expected = types.map(String::from).to_vec();
        if reverse {
            expected.reverse();
        }
        assert_eq!(seen, expected);
    }
}

#[tokio::test]
async fn names_are_used_once() {
    let server = Server::start().await;
    let machine = server.machine("m", WAIT, "").await;
    let first = start(&server, &machine, r#","name":"e","input":"{\"a\":1}""#).await;
    assert_eq!(start(&server, &machine, r#","name":"e","input":"{\"a\":1}""#).await, first);
    let taken = fault("ExecutionAlreadyExists", format!("Execution Already Exists: '{first}'"));
    let other = of(&machine, r#","name":"e","input":"{}""#);
    assert_eq!(server.fails("StartExecution", &other).await, taken);
    let stop = format!(r#"{{"executionArn":"{first}","error":"E","cause":"C"}}"#);
    let stopped = server.ok("StopExecution", &stop).await;
    assert_eq!(members(&stopped), ["stopDate"]);
    let description = server.ended(&first).await;
    assert_eq!(
        (text(&description, "status"), text(&description, "error"), text(&description, "cause")),
        ("ABORTED".into(), "E".into(), "C".into())
    );
    assert_eq!(text(&description, "redriveStatus"), "REDRIVABLE");
    let same = of(&machine, r#","name":"e","input":"{\"a\":1}""#);
    assert_eq!(server.fails("StartExecution", &same).await, taken);
}

#[tokio::test]
async fn input_must_be_json() {
    let server = Server::start().await;
    let machine = server.machine("m", PASS, "").await;
    for (input, why) in [
        ("", "Invalid execution input."),
        (
            "not some json",
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        ),
        (
            "{'not': 'json'",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
        ),
    ] {
        let more = format!(r#","input":{}"#, Value::string(input).to_json());
        let refused = server.fails("StartExecution", &of(&machine, &more)).await;
        assert_eq!(
            refused,
            fault(
                "InvalidExecutionInput",
                format!("Invalid State Machine Execution Input: '{why}'")
            )
        );
    }
    for input in ["2", "\\\"some text\\\"", "null"] {
        start(&server, &machine, &format!(r#","input":"{input}""#)).await;
    }
    // 262,144 characters that take more bytes than that.
    let wide = Value::string(format!("\"{}\"", "é".repeat(200_000))).to_json();
    let (code, _) =
        server.fails("StartExecution", &of(&machine, &format!(r#","input":{wide}"#))).await;
    assert_eq!(code, "ValidationException");
}

#[tokio::test]
async fn executions_are_listed_newest_first() {
    let server = Server::start().await;
    let machine = server.machine("m", PASS, r#","publish":true"#).await;
    let mut names = Vec::new();
    for number in 0..5 {
        let qualifier = if number % 2 == 0 { ":1" } else { "" };
        let more = format!(r#","name":"e{number}""#);
        server.ended(&start(&server, &format!("{machine}{qualifier}"), &more).await).await;
        names.insert(0, format!("e{number}"));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let page = server.ok("ListExecutions", &of(&machine, r#","maxResults":3"#)).await;
    assert_eq!(texts(&page, "executions", "name"), names[..3]);
    start(&server, &machine, r#","name":"late""#).await;
    let token = format!(r#","nextToken":"{}""#, text(&page, "nextToken"));
    let rest = server.ok("ListExecutions", &of(&machine, &token)).await;
    assert_eq!(
        (texts(&rest, "executions", "name"), rest.get("nextToken")),
        (names[3..].to_vec(), None)
    );
    let of_version = server.ok("ListExecutions", &of(&format!("{machine}:1"), "")).await;
    assert_eq!(texts(&of_version, "executions", "name"), ["e4", "e2", "e0"]);
    assert_eq!(
        texts(&of_version, "executions", "stateMachineVersionArn")[0],
        format!("{machine}:1")
    );
    let failed = server.ok("ListExecutions", &of(&machine, r#","statusFilter":"FAILED""#)).await;
    assert_eq!(failed.to_json(), r#"{"executions":[]}"#);
    let (code, message) = server.fails("ListExecutions", "{}").await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("ValidationException", "Must provide a StateMachine ARN or MapRun ARN")
    );
    let (code, _) =
        server.fails("ListExecutions", &of(&machine, r#","redriveFilter":"REDRIVEN""#)).await;
    assert_eq!(code, "ValidationException");
}

#[tokio::test]
async fn express_executions_answer_at_once() {
    let server = Server::start().await;
    let machine = server.machine("x", PASS, r#","type":"EXPRESS""#).await;
    let result = server.ok("StartSyncExecution", &of(&machine, r#","input":"{ }""#)).await;
    let expected = [
        "billingDetails",
        "executionArn",
        "input",
        "inputDetails",
        "name",
        "output",
        "outputDetails",
        "startDate",
        "stateMachineArn",
        "status",
        "stopDate",
    ];
    assert_eq!(members(&result), expected);
    assert_eq!(
        result.get("billingDetails").unwrap().to_json(),
        r#"{"billedMemoryUsedInMB":64,"billedDurationInMilliseconds":100}"#
    );
    assert_eq!(
        (text(&result, "input"), text(&result, "output")),
        ("{ }".into(), r#"{"Arg1":"argument1"}"#.into())
    );
    let execution = start(&server, &machine, "").await;
    let wrong =
        fault("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'");
    for operation in ["DescribeExecution", "StopExecution", "GetExecutionHistory"] {
        let input = format!(r#"{{"executionArn":"{execution}"}}"#);
        assert_eq!(server.fails(operation, &input).await, wrong, "{operation}");
    }
    let wrong = fault(
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    );
    assert_eq!(server.fails("ListExecutions", &of(&machine, "")).await, wrong);
    let standard = server.machine("s", PASS, "").await;
    assert_eq!(server.fails("StartSyncExecution", &of(&standard, "")).await, wrong);
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let server = Server::start().await;
    let machine = server.machine("m", PASS, "").await;
    for given in [format!("{machine}x"), format!("{machine}:1"), format!("{machine}:live")] {
        let missing =
            fault("StateMachineDoesNotExist", format!("State Machine Does Not Exist: '{given}'"));
        assert_eq!(server.fails("StartExecution", &of(&given, "")).await, missing);
    }
    let (code, _) = server.fails("StartExecution", &of(&format!("{machine}/label"), "")).await;
    assert_eq!(code, "ValidationException");
    let execution = arn("execution:m:none");
    let input = format!(r#"{{"executionArn":"{execution}"}}"#);
    let missing =
        fault("ExecutionDoesNotExist", format!("Execution Does Not Exist: '{execution}'"));
    for operation in [
        "DescribeExecution",
        "GetExecutionHistory",
        "StopExecution",
        "DescribeStateMachineForExecution",
    ] {
        assert_eq!(server.fails(operation, &input).await, missing, "{operation}");
    }
    let (code, message) =
        server.fails("DescribeExecution", r#"{"executionArn":"invalid_state_machine_arn"}"#).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: invalid_state_machine_arn'")
    );
}
