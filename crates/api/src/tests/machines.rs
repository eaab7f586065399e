//! State machines and versions, as recorded (`test_sfn_api`, `test_sfn_api_versioning`,
//! `test_sfn_api_logs`) or measured.

use super::*;

#[tokio::test]
async fn a_machine_is_described_as_it_was_created() {
    let server = Server::start().await;
    let machine = server.machine("m", &format!(" {PASS}\r\n"), "").await;
    assert_eq!(machine, arn("stateMachine:m"));
    let input = format!(r#"{{"stateMachineArn":"{machine}"}}"#);
    let description = server.ok("DescribeStateMachine", &input).await;
    let expected = [
        "creationDate",
        "definition",
        "loggingConfiguration",
        "name",
        "roleArn",
        "stateMachineArn",
        "status",
        "tracingConfiguration",
        "type",
    ];
    assert_eq!(members(&description), expected);
    assert_eq!(text(&description, "definition"), format!(" {PASS}\r\n"));
    let part = |name: &str| description.get(name).unwrap().to_json();
    assert_eq!(part("loggingConfiguration"), r#"{"level":"OFF","includeExecutionData":false}"#);
    assert_eq!(part("tracingConfiguration"), r#"{"enabled":false}"#);
    assert_eq!(
        (text(&description, "status"), text(&description, "type")),
        ("ACTIVE".into(), "STANDARD".into())
    );
    let metadata = format!(r#"{{"stateMachineArn":"{machine}","includedData":"METADATA_ONLY"}}"#);
    assert_eq!(text(&server.ok("DescribeStateMachine", &metadata).await, "definition"), "{}");
}

#[tokio::test]
async fn variables_that_states_read_are_listed() {
    let server = Server::start().await;
    let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"b":1,"a":2},"Next":"B"},
        "B":{"Type":"Pass","Parameters":{"x.$":"$b","y.$":"$a"},"End":true}}}"#;
    let machine = server.machine("m", definition, "").await;
    let input = format!(r#"{{"stateMachineArn":"{machine}"}}"#);
    let description = server.ok("DescribeStateMachine", &input).await;
    assert_eq!(description.get("variableReferences").unwrap().to_json(), r#"{"B":["a","b"]}"#);
}

#[tokio::test]
async fn bad_machines_are_refused_in_order() {
    let server = Server::start().await;
    let create = |name: &str, role: &str, definition: &str, more: &str| {
        let definition = Value::string(definition).to_json();
        format!(r#"{{"name":"{name}","roleArn":"{role}","definition":{definition}{more}}}"#)
    };
    let cases = [
        (create("a b", "x", "{}", ""), fault("InvalidName", "Invalid Name: 'a b'")),
        (create("a", "x", "{}", ""), fault("InvalidArn", "Invalid Role Arn: 'x'")),
        (
            create("a", ROLE, "{}", ""),
            fault(
                "InvalidDefinition",
                "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /'",
            ),
        ),
        (
            create("a", ROLE, PASS, r#","loggingConfiguration":{"level":"ALL"}"#),
            fault(
                "InvalidLoggingConfiguration",
                "Invalid Logging Configuration: Must specify exactly one Log Destination.",
            ),
        ),
        (
            create("a", ROLE, PASS, r#","versionDescription":"x""#),
            fault(
                "ValidationException",
                "Version description can only be set when publish is true",
            ),
        ),
        (
            create(
                "a",
                ROLE,
                PASS,
                r#","encryptionConfiguration":{"type":"CUSTOMER_MANAGED_KMS_KEY"}"#,
            ),
            fault(
                "InvalidEncryptionConfiguration",
                "Invalid Encryption Configuration: Must set a valid kmsKeyId.",
            ),
        ),
        (
            create(
                "a",
                ROLE,
                PASS,
                r#","encryptionConfiguration":{"type":"AWS_OWNED_KEY","kmsDataKeyReusePeriodSeconds":60}"#,
            ),
            fault(
                "InvalidEncryptionConfiguration",
                "Invalid Encryption Configuration: Custom kmsKeyId is not allowed when selecting AWS_OWNED_KEY.",
            ),
        ),
    ];
    for (input, expected) in cases {
        assert_eq!(server.fails("CreateStateMachine", &input).await, expected, "{input}");
    }
    assert_eq!(server.ok("ListStateMachines", "{}").await.to_json(), r#"{"stateMachines":[]}"#);
}

#[tokio::test]
async fn the_same_creation_is_answered_again() {
    let server = Server::start().await;
    let first = server.machine("m", PASS, "").await;
    assert_eq!(server.machine("m", PASS, r#","tags":[{"key":"a","value":"b"}]"#).await, first);
    let spaced = Value::string(format!("{PASS} ")).to_json();
    let input = format!(r#"{{"name":"m","roleArn":"{ROLE}","definition":{spaced}}}"#);
    let refused = server.fails("CreateStateMachine", &input).await;
    assert_eq!(
        refused,
        fault("StateMachineAlreadyExists", format!("State Machine Already Exists: '{first}'"))
    );
}

#[tokio::test]
async fn logging_destinations_are_checked() {
    let server = Server::start().await;
    let group = "arn:aws:logs:us-east-1:123456789012:log-group:g:*";
    let logging = |level: &str, arns: &[&str]| {
        let destinations: Vec<_> = arns
            .iter()
            .map(|arn| format!(r#"{{"cloudWatchLogsLogGroup":{{"logGroupArn":"{arn}"}}}}"#))
            .collect();
        format!(
            r#","loggingConfiguration":{{"level":"{level}","includeExecutionData":true,"destinations":[{}]}}"#,
            destinations.join(",")
        )
    };
    let machine = server.machine("m", PASS, &logging("ALL", &[group])).await;
    let input = format!(r#"{{"stateMachineArn":"{machine}"}}"#);
    let shown = server.ok("DescribeStateMachine", &input).await;
    assert_eq!(
        shown.get("loggingConfiguration").unwrap().to_json(),
        format!(
            r#"{{"level":"ALL","includeExecutionData":true,"destinations":[{{"cloudWatchLogsLogGroup":{{"logGroupArn":"{group}"}}}}]}}"#
        )
    );
    for (arns, expected) in [
        (&[group, group][..], "Must specify exactly one Log Destination."),
        (&["arn:aws:s3:::b"], "Provided ARN is not CloudWatch Logs Log Group ARN."),
        (&["x"], "Must set valid CloudWatch Log Group ARN."),
        (&[&group[..group.len() - 2]], "Log Group ARN must be provided with '*' qualifier."),
    ] {
        let input = format!(r#"{{"stateMachineArn":"{machine}"{}}}"#, logging("ERROR", arns));
        let (code, text) = server.fails("UpdateStateMachine", &input).await;
        assert_eq!(
            (code.as_str(), text),
            ("InvalidLoggingConfiguration", format!("Invalid Logging Configuration: {expected}"))
        );
    }
}

#[tokio::test]
async fn updates_make_revisions() {
    let server = Server::start().await;
    let machine = server.machine("m", PASS, "").await;
    let update = |more: String| format!(r#"{{"stateMachineArn":"{machine}"{more}}}"#);
    let nothing = server.fails("UpdateStateMachine", &update(String::new())).await;
    let message = "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified";
    assert_eq!(nothing, fault("MissingRequiredParameter", message));
    let same = Value::string(PASS).to_json();
    let answer = server.ok("UpdateStateMachine", &update(format!(r#","definition":{same}"#))).await;
    assert_eq!(members(&answer), ["updateDate"]);
    let answer = server.ok("UpdateStateMachine", &update(r#","tracingConfiguration":{"enabled":true},"publish":true,"versionDescription":"d""#.into())).await;
    assert_eq!(members(&answer), ["revisionId", "stateMachineVersionArn", "updateDate"]);
    assert_eq!(text(&answer, "stateMachineVersionArn"), format!("{machine}:1"));
    let version =
        server.ok("DescribeStateMachine", &format!(r#"{{"stateMachineArn":"{machine}:1"}}"#)).await;
    assert_eq!(
        (text(&version, "stateMachineArn"), text(&version, "description")),
        (format!("{machine}:1"), "d".into())
    );
    assert_eq!(text(&version, "revisionId"), text(&answer, "revisionId"));
    let of_version = format!(r#"{{"stateMachineArn":"{machine}:1","roleArn":"{ROLE}"}}"#);
    let refused = server.fails("UpdateStateMachine", &of_version).await;
    assert_eq!(
        refused,
        fault("StateMachineDoesNotExist", format!("State Machine Does Not Exist: '{machine}:1'"))
    );
}

#[tokio::test]
async fn versions_are_published_listed_and_deleted() {
    let server = Server::start().await;
    let machine = server.machine("m", PASS, r#","publish":true"#).await;
    let of = |more: &str| format!(r#"{{"stateMachineArn":"{machine}"{more}}}"#);
    for role in ["a", "b"] {
        let role = format!(r#","roleArn":"arn:aws:iam::123456789012:role/{role}","publish":true"#);
        server.ok("UpdateStateMachine", &of(&role)).await;
    }
    let page = server.ok("ListStateMachineVersions", &of(r#","maxResults":2"#)).await;
    assert_eq!(
        texts(&page, "stateMachineVersions", "stateMachineVersionArn"),
        [format!("{machine}:3"), format!("{machine}:2")]
    );
    let token = text(&page, "nextToken");
    server
        .ok("DeleteStateMachineVersion", &format!(r#"{{"stateMachineVersionArn":"{machine}:2"}}"#))
        .await;
    let page =
        server.ok("ListStateMachineVersions", &of(&format!(r#","nextToken":"{token}""#))).await;
    assert_eq!(
        texts(&page, "stateMachineVersions", "stateMachineVersionArn"),
        [format!("{machine}:1")]
    );
    let (code, message) =
        server.fails("PublishStateMachineVersion", &of(r#","revisionId":"x""#)).await;
    assert_eq!(code, "ConflictException");
    assert!(message.starts_with("Failed to publish the State Machine version for revision x. The current State Machine revision is "), "{message}");
    let (code, message) =
        server.fails("PublishStateMachineVersion", r#"{"stateMachineArn":"invalid_arn"}"#).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: invalid_arn'")
    );
}

#[tokio::test]
async fn machines_are_listed_by_name_in_pages() {
    let server = Server::start().await;
    for name in ["c", "a", "b"] {
        server.machine(name, PASS, "").await;
    }
    let page = server.ok("ListStateMachines", r#"{"maxResults":2}"#).await;
    assert_eq!(texts(&page, "stateMachines", "name"), ["a", "b"]);
    let token = text(&page, "nextToken");
    // What comes and goes elsewhere moves nothing.
    server.machine("aa", PASS, "").await;
    let next = format!(r#"{{"maxResults":2,"nextToken":"{token}"}}"#);
    let page = server.ok("ListStateMachines", &next).await;
    assert_eq!(
        (texts(&page, "stateMachines", "name"), page.get("nextToken")),
        (vec!["c".into()], None)
    );
    let other = server.fails("ListActivities", &format!(r#"{{"nextToken":"{token}"}}"#)).await;
    assert_eq!(other, fault("InvalidToken", "Invalid Token: 'Invalid token'"));
}

#[tokio::test]
async fn deleting_takes_everything_along() {
    let server = Server::start().await;
    let machine = server.machine("m", WAIT, r#","publish":true"#).await;
    let of = format!(r#"{{"stateMachineArn":"{machine}"}}"#);
    let execution = text(&server.ok("StartExecution", &of).await, "executionArn");
    assert_eq!(server.ok("DeleteStateMachine", &of).await.to_json(), "{}");
    // It goes on until its next step.
    let of_execution = format!(r#"{{"executionArn":"{execution}"}}"#);
    assert_eq!(text(&server.ok("DescribeExecution", &of_execution).await, "status"), "RUNNING");
    assert_eq!(server.fails("StartExecution", &of).await.0, "StateMachineDeleting");
    server.ok("StopExecution", &of_execution).await;
    until_gone(&server, &of).await;
    assert_eq!(server.fails("DescribeExecution", &of_execution).await.0, "ExecutionDoesNotExist");
    assert_eq!(server.ok("DeleteStateMachine", &of).await.to_json(), "{}");
    server.machine("m", PASS, "").await;
}

/// Waits until a state machine that is being deleted is no more.
async fn until_gone(server: &Server, of: &str) {
    for _ in 0..500 {
        if server.call("DescribeStateMachine", of).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(server.fails("DescribeStateMachine", of).await.0, "StateMachineDoesNotExist");
}

#[tokio::test]
async fn executions_of_a_deleted_machine_fail_with_their_next_step() {
    let server = Server::start().await;
    let activity = text(&server.ok("CreateActivity", r#"{"name":"a"}"#).await, "activityArn");
    let task = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{activity}","End":true}}}}}}"#
    );
    let machine = server.machine("m", &task, "").await;
    let of = format!(r#"{{"stateMachineArn":"{machine}"}}"#);
    let mut executions = Vec::new();
    for _ in 0..2 {
        let execution = text(&server.ok("StartExecution", &of).await, "executionArn");
        executions.push(format!(r#"{{"executionArn":"{execution}"}}"#));
    }
    server.ok("DeleteStateMachine", &of).await;
    let of_activity = format!(r#"{{"activityArn":"{activity}"}}"#);
    for (done, execution) in executions.iter().enumerate() {
        assert_eq!(text(&server.ok("DescribeStateMachine", &of).await, "status"), "DELETING");
        let token = text(&server.ok("GetActivityTask", &of_activity).await, "taskToken");
        assert_eq!(text(&server.ok("DescribeExecution", execution).await, "status"), "RUNNING");
        server.ok("SendTaskSuccess", &format!(r#"{{"taskToken":"{token}","output":"1"}}"#)).await;
        if done == 0 {
            let ended = server.ok("DescribeExecution", execution).await;
            let end = ["status", "error", "cause"].map(|member| text(&ended, member));
            assert_eq!(end, ["FAILED", "States.Runtime", "State machine m has been deleted"]);
        }
    }
    until_gone(&server, &of).await;
}

#[tokio::test]
async fn definitions_are_validated() {
    let server = Server::start().await;
    let validate = |definition: &str, more: &str| {
        format!(r#"{{"definition":{}{more}}}"#, Value::string(definition).to_json())
    };
    let operation = "ValidateStateMachineDefinition";
    let fine = server.ok(operation, &validate(PASS, "")).await;
    assert_eq!(fine.to_json(), r#"{"result":"OK","diagnostics":[],"truncated":false}"#);
    let empty = server.ok(operation, &validate("{}", "")).await;
    assert_eq!(
        empty.to_json(),
        r#"{"result":"FAIL","diagnostics":[{"severity":"ERROR","code":"SCHEMA_VALIDATION_FAILED","message":"These fields are required: [States, StartAt]","location":"/"}],"truncated":false}"#
    );
    let two = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"C":{"Type":"Pass","Next":"D"}}}"#;
    let cut = server.ok(operation, &validate(two, r#","maxResults":1"#)).await;
    assert_eq!(
        (
            cut.get("truncated").unwrap().as_bool(),
            cut.get("diagnostics").unwrap().as_array().unwrap().len()
        ),
        (Some(true), 1)
    );
}
