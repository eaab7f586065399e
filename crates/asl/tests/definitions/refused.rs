//! Faults one by one: AWS's code, text and location, as measured.

use asl::{AnyResource, Options, Severity, check};

/// Everything that is said of a definition.
fn said(text: &str) -> Vec<String> {
    said_with(text, &Options::new(&AnyResource))
}

fn said_with(text: &str, options: &Options) -> Vec<String> {
    let checked = check(text, options);
    let refused = checked.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(checked.is_ok(), !refused, "{text}");
    for diagnostic in &checked.diagnostics {
        assert!(text.get(diagnostic.span.clone()).is_some(), "{diagnostic:?}");
    }
    checked.diagnostics.iter().map(ToString::to_string).collect()
}

/// What is said of a machine of the one state `A`.
fn said_of_state(state: &str) -> Vec<String> {
    said(&format!(r#"{{"StartAt":"A","States":{{"A":{state}}}}}"#))
}

/// What is said of the one state `A` of a JSONata machine.
fn said_of_jsonata(state: &str) -> Vec<String> {
    said(&format!(r#"{{"QueryLanguage":"JSONata","StartAt":"A","States":{{"A":{state}}}}}"#))
}

/// Checks a table of states: the fields, and what is said of them without the usual code.
fn table(said: fn(&str) -> Vec<String>, rows: &[(&str, &[&str])]) {
    for (state, expected) in rows {
        let ours = said(state);
        let ours: Vec<&str> = ours
            .iter()
            .map(|s| s.strip_prefix("SCHEMA_VALIDATION_FAILED: ").unwrap_or(s))
            .collect();
        assert_eq!(ours, *expected, "{state}");
    }
}

#[test]
fn no_definition() {
    let no_object = "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null";
    for text in ["", "  ", "null", "[]", "\"x\"", "1"] {
        assert_eq!(said(text), [no_object], "{text}");
    }
    assert_eq!(
        said("{}"),
        ["SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /"]
    );
    assert_eq!(
        said("{\"a\": nope}"),
        [
            "INVALID_JSON_DESCRIPTION: Unrecognized token 'nope': was expecting (JSON String, Number, \
          Array, Object or token 'null', 'true' or 'false') at [Source: (String)\"{\"a\": nope}\"; \
          line: 1, column: 11]"
        ]
    );
    assert_eq!(
        said(r#"{"StartAt":"A","States":{}}"#),
        ["SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States"]
    );
}

#[test]
fn transitions() {
    let end = "MISSING_END_STATE: Workflow has no terminal state at null";
    let looped = r#""A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"}"#;
    assert_eq!(said(&format!(r#"{{"StartAt":"A","States":{{{looped}}}}}"#)), [end]);
    assert_eq!(
        said(&format!(r#"{{"StartAt":"A","States":{{{looped},"C":{{"Type":"Succeed"}}}}}}"#)),
        ["MISSING_TRANSITION_TARGET: State \"C\" is not reachable. at /States/C"]
    );
    assert_eq!(
        said_of_state(r#"{"Type":"Pass","Next":"NOPE"}"#),
        ["MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next", end]
    );
    assert_eq!(
        said(r#"{"StartAt":"NOPE","States":{"A":{"Type":"Succeed"},"B":{"Type":"Fail"}}}"#),
        [
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /StartAt",
            "MISSING_TRANSITION_TARGET: State \"A\" is not reachable. at /States/A",
            "MISSING_TRANSITION_TARGET: State \"B\" is not reachable. at /States/B",
        ]
    );
    assert_eq!(
        said(
            r#"{"StartAt":"C","States":{"C":{"Type":"Choice","Default":"X","Choices":[
            {"Variable":"$.a","IsNull":true,"Next":"Y"}]},"T":{"Type":"Task","End":true,
            "Resource":"arn:aws:states:::lambda:invoke","Catch":[{"ErrorEquals":["E"],"Next":"Z"}]}}}"#
        ),
        [
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/C/Default",
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Y at /States/C/Choices[0]/Next",
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Z at /States/T/Catch[0]/Next",
            "MISSING_TRANSITION_TARGET: State \"T\" is not reachable. at /States/T",
        ]
    );
}

#[test]
fn blocks_are_closed() {
    let text = r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","Next":"S","Branches":[
        {"StartAt":"F","States":{"F":{"Type":"Pass","Next":"S"},"G":{"Type":"Succeed"}}}]},
        "S":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"F","QueryLanguage":"JSONata",
        "States":{"F":{"Type":"Succeed"},"H":{"Type":"Fail"}}}}}}"#;
    assert_eq!(
        said(text),
        [
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: S at \
             /States/P/Branches[0]/States/F/Next",
            "SCHEMA_VALIDATION_FAILED: Field 'QueryLanguage' is not supported at \
             /States/S/ItemProcessor",
            "DUPLICATE_STATE_NAME: Duplicate State name: F at /States/S/ItemProcessor/States/F",
            "MISSING_TRANSITION_TARGET: State \"G\" is not reachable. at \
             /States/P/Branches[0]/States/G",
            "MISSING_TRANSITION_TARGET: State \"H\" is not reachable. at \
             /States/S/ItemProcessor/States/H",
        ]
    );
}

#[test]
fn fields_of_states() {
    table(
        said_of_state,
        &[
            (
                r#"{"Type":"Pass","End":true,"Retry":[]}"#,
                &["Field 'Retry' is not supported at /States/A"],
            ),
            (
                r#"{"Type":"Succeed","Assign":{}}"#,
                &["Field 'Assign' is not supported at /States/A"],
            ),
            (
                r#"{"Type":"Fail","InputPath":"$"}"#,
                &["Field 'InputPath' is not supported at /States/A"],
            ),
            (
                r#"{"Type":"Succeed","comment":""}"#,
                &["Field 'comment' is not supported at /States/A"],
            ),
            (
                r#"{"Type":"Pass","End":true,"Output":1}"#,
                &[
                    "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for \
                   the 'JSONata' QueryLanguage at /States/A",
                ],
            ),
            (
                r#"{"Type":"Pass","Next":"A","End":true}"#,
                &["There should only be one of the following fields: [Next, End] at /States/A"],
            ),
            (
                r#"{"Type":"Pass"}"#,
                &["This object should have only one of the following fields: [Next, End] at \
                   /States/A"],
            ),
            (
                r#"{"Type":"Wait","End":true,"Seconds":1,"SecondsPath":"$.s"}"#,
                &["There should only be one of the following fields: [SecondsPath, Seconds, \
                   TimestampPath, Timestamp] at /States/A"],
            ),
            (
                r#"{"Type":"Wait","End":true}"#,
                &["This object should have only one of the following fields: [SecondsPath, \
                   Seconds, TimestampPath, Timestamp] at /States/A"],
            ),
            (
                r#"{"Type":"Nope","End":true}"#,
                &["The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, \
                   Fail, Choice, Parallel, Map] at /States/A/Type"],
            ),
            (
                r#"{"Type":"Task","End":true}"#,
                &["These fields are required: [Resource] at /States/A"],
            ),
            (r#"{"Type":"Choice"}"#, &["These fields are required: [Choices] at /States/A"]),
            (r#"{"Type":"Choice","Choices":[]}"#, &["Value cannot be empty at /States/A/Choices"]),
            (
                r#"{"Type":"Map","End":true}"#,
                &["This object should have only one of the following fields: [ItemProcessor, \
                   Iterator] at /States/A"],
            ),
            (
                r#"{"Type":"Fail","Error":"a","ErrorPath":"$.a"}"#,
                &["There should only be one of the following fields: [Error, ErrorPath] at \
                   /States/A"],
            ),
        ],
    );
}

#[test]
fn numbers() {
    const TASK: &str = r#""Type":"Task","End":true,"Resource":"arn:aws:states:::lambda:invoke""#;
    let task = |fields: &str| said_of_state(&format!("{{{TASK},{fields}}}"));
    let at = |field: &str, message: &str| {
        vec![format!("SCHEMA_VALIDATION_FAILED: {message} at /States/A/{field}")]
    };
    assert_eq!(task(r#""TimeoutSeconds":0"#), at("TimeoutSeconds", "Minimum value is 1"));
    let message = "Maximum value is 99999999";
    assert_eq!(task(r#""TimeoutSeconds":100000000"#), at("TimeoutSeconds", message));
    let message = "Expected value of type Integer";
    assert_eq!(task(r#""TimeoutSeconds":1.5"#), at("TimeoutSeconds", message));
    assert_eq!(task(r#""HeartbeatSeconds":"$.h""#), at("HeartbeatSeconds", message));
    assert_eq!(task(r#""TimeoutSeconds":2,"HeartbeatSeconds":1"#), Vec::<String>::new());
    let retry = |fields: &str| task(&format!(r#""Retry":[{{"ErrorEquals":["E"],{fields}}}]"#));
    assert_eq!(retry(r#""IntervalSeconds":0,"MaxAttempts":0"#), Vec::<String>::new());
    assert_eq!(retry(r#""BackoffRate":0.5"#), at("Retry[0]/BackoffRate", "Minimum value is 1"));
    let message = "Maximum value is 31622400";
    assert_eq!(retry(r#""MaxDelaySeconds":31622401"#), at("Retry[0]/MaxDelaySeconds", message));
    let message = "Value should be one of the following: [NONE, FULL]";
    assert_eq!(retry(r#""JitterStrategy":"SOME""#), at("Retry[0]/JitterStrategy", message));
    assert_eq!(
        said(
            r#"{"StartAt":"A","TimeoutSeconds":0,"Version":"2.0","States":{"A":{"Type":"Fail"}}}"#
        ),
        ["SCHEMA_VALIDATION_FAILED: Value should be one of the following: [1.0] at /Version"]
    );
}

#[test]
fn retry_and_catch() {
    const TASK: &str = r#""Type":"Task","End":true,"Resource":"arn:aws:states:::lambda:invoke""#;
    let all = "States.ALL must appear alone and at end of list";
    for (fields, expected) in [
        (r#""Retry":[{}]"#, "These fields are required: [ErrorEquals] at /States/A/Retry[0]"),
        (
            r#""Retry":[{"ErrorEquals":[]}]"#,
            "Value cannot be empty at /States/A/Retry[0]/ErrorEquals",
        ),
        (
            r#""Retry":[{"ErrorEquals":["States.ALL"]},{"ErrorEquals":["E"]}]"#,
            &format!("{all} at /States/A/Retry[0]/ErrorEquals[0]"),
        ),
        (
            r#""Retry":[{"ErrorEquals":["E","States.ALL"]}]"#,
            &format!("{all} at /States/A/Retry[0]/ErrorEquals[1]"),
        ),
        (
            r#""Catch":[{"ErrorEquals":["E"]}]"#,
            "These fields are required: [Next] at /States/A/Catch[0]",
        ),
    ] {
        let expected = format!("SCHEMA_VALIDATION_FAILED: {expected}");
        assert_eq!(said_of_state(&format!("{{{TASK},{fields}}}")), [expected], "{fields}");
    }
}

#[test]
fn names() {
    let long = "x".repeat(81);
    let text = format!(r#"{{"StartAt":"{long}","States":{{"{long}":{{"Type":"Succeed"}}}}}}"#);
    assert_eq!(
        said(&text),
        [format!(
            "INVALID_STATE_NAME: Invalid State name: {long} exceeds the 80-character limit allowed \
             by the service at /States/{long}"
        )]
    );
    let map = |name: &str, label: &str, next: &str| {
        format!(
            r#""{name}":{{"Type":"Map","Label":"{label}",{next},"ItemProcessor":{{"StartAt":"{name}i",
            "States":{{"{name}i":{{"Type":"Succeed"}}}}}}}}"#
        )
    };
    let maps = [map("M", "L", r#""Next":"N""#), map("N", "L", r#""Next":"O""#)].join(",");
    let last = map("O", &"l".repeat(41), r#""End":true"#);
    let message = said(&format!(r#"{{"StartAt":"M","States":{{{maps},{last}}}}}"#));
    assert_eq!(message[0], "DUPLICATE_LABEL_NAME: Duplicate Label name: L at /States/N/Label");
    assert!(message[1].starts_with("INVALID_LABEL_NAME: Invalid Label name: lll"));
    assert!(message[1].contains("exceeds the 40-character limit allowed by the service"));
    assert_eq!(message.len(), 2);
}

#[test]
fn conditions() {
    let choice = |rule: &str| {
        said(&format!(
            r#"{{"StartAt":"A","States":{{"A":{{"Type":"Choice","Choices":[{rule}]}},
            "B":{{"Type":"Succeed"}}}}}}"#
        ))
    };
    let fine: [&str; 0] = [];
    assert_eq!(choice(r#"{"Variable":"$.a","StringMatches":"a*","Next":"B"}"#), fine);
    let nested = r#"{"Not":{"Variable":"$.a","IsNull":true,"Next":"B"},"Next":"B"}"#;
    assert_eq!(
        choice(nested),
        ["SCHEMA_VALIDATION_FAILED: Field 'Next' is not supported at /States/A/Choices[0]/Not"]
    );
    let two =
        r#"{"Variable":"$.a","Not":{"Variable":"$.a","IsNull":true},"IsNull":true,"Next":"B"}"#;
    assert_eq!(
        choice(two),
        ["SCHEMA_VALIDATION_FAILED: The object must have only one of the following fields, \
          [And, Or, Not, Variable, Condition] at /States/A/Choices[0]"]
    );
    let operators = choice(r#"{"Variable":"$.a","IsNull":true,"StringEquals":"","Next":"B"}"#);
    let start = "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: \
                 [StringEquals, ";
    assert!(operators.len() == 1 && operators[0].starts_with(start), "{operators:?}");
    assert_eq!(
        choice(r#"{"Variable":"a","IsNull":true,"Next":"B"}"#),
        ["SCHEMA_VALIDATION_FAILED: Value is not a Reference Path: Reference path didn't start \
          with '$' at /States/A/Choices[0]/Variable"]
    );
    assert_eq!(
        choice(r#"{"Variable":"$.a","TimestampEquals":"1 May","Next":"B"}"#),
        ["SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at \
          /States/A/Choices[0]/TimestampEquals"]
    );
    assert_eq!(
        choice(r#"{"Variable":"$.a","IsNull":true}"#)[0],
        "SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Choices[0]"
    );
}

#[test]
fn paths() {
    table(
        said_of_state,
        &[
            (
                r#"{"Type":"Pass","End":true,"InputPath":"a"}"#,
                &["Value must be a valid JSONPath. at /States/A/InputPath"],
            ),
            (
                r#"{"Type":"Pass","End":true,"ResultPath":"$.a[*]"}"#,
                &["Value is not a Reference Path at /States/A/ResultPath"],
            ),
            (
                r#"{"Type":"Pass","End":true,"Parameters":{"a":{"b.$":"nope"}}}"#,
                &["The value for the field 'b.$' must be a valid JSONPath or a valid intrinsic \
                   function call at /States/A/Parameters"],
            ),
            (
                r#"{"Type":"Pass","End":true,"Result":{"a.$":"nope","b":"x"}}"#,
                &[
                    "PASS_RESULT_IS_STATIC: The Result of a Pass state is static: the path in it is not \
                 evaluated at /States/A/Result",
                ],
            ),
            (
                r#"{"Type":"Pass","End":true,"Parameters":{"a":["x",{"b":"$.c"}]}}"#,
                &[
                    "NO_DOLLAR: The value of the field 'b' looks like a path or an intrinsic function \
                 call, but the name of the field does not end with '.$' at \
                 /States/A/Parameters/a[1]/b",
                ],
            ),
            (
                r#"{"Type":"Fail","CausePath":"States.Array(1)"}"#,
                &[
                    "The field 'CausePath' must be a valid JSONPath or a valid intrinsic function call \
                 that returns a string at /States/A/CausePath",
                ],
            ),
        ],
    );
}

#[test]
fn query_languages() {
    table(
        said_of_jsonata,
        &[
            (
                r#"{"Type":"Pass","End":true,"Result":1,"QueryLanguage":"jsonata"}"#,
                &[
                    "Value should be one of the following: [JSONPath, JSONata] at \
                     /States/A/QueryLanguage",
                    "The QueryLanguage is set to 'JSONata', but field 'Result' is only supported \
                     for the 'JSONPath' QueryLanguage at /States/A",
                ],
            ),
            (
                r#"{"Type":"Pass","End":true,"QueryLanguage":1}"#,
                &["Expected value of type [STRING] at /States/A/QueryLanguage"],
            ),
            (
                r#"{"Type":"Wait","Seconds":-1,"Output":1,"End":true,"QueryLanguage":"JSONPath"}"#,
                &[
                    "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state \
                     machine at /States/A",
                    "Minimum value is 0 at /States/A/Seconds",
                ],
            ),
            (
                r#"{"Type":"Pass","End":true,"Output":{"a":["{% 1","2 %}"," {% 3 %} "]}}"#,
                &[
                    "JSONata string must start with {% and end with %} at /States/A/Output/a[0]",
                    "JSONata string must start with {% and end with %} at /States/A/Output/a[1]",
                ],
            ),
        ],
    );
}

#[test]
fn jsonata() {
    let pass = |output: &str| format!(r#"{{"Type":"Pass","End":true,"Output":{output}}}"#);
    for (expression, code, message, underlined) in [
        (
            "1 + phone",
            "UNSUPPORTED_JSONATA_EXPRESSION",
            "Reference to 'phone' at the top level is not supported.",
            "phone",
        ),
        ("$$.a", "UNSUPPORTED_JSONATA_EXPRESSION", "Reference to '$$' is not supported.", "$$"),
        (
            "$states.errorOutput",
            "UNSUPPORTED_JSONATA_EXPRESSION",
            "Field '$states.errorOutput' does not exist.",
            "$states",
        ),
        (
            "[1, $states.result]",
            "UNSUPPORTED_JSONATA_EXPRESSION",
            "Field '$states.result' does not exist.",
            "$states",
        ),
        ("[1, 2", "INVALID_JSONATA_EXPRESSION", "Expected \"]\" before end of expression", ""),
        ("", "INVALID_JSONATA_EXPRESSION", "Unexpected end of expression", ""),
    ] {
        let output = format!(r#"{{"v":"{{% {expression} %}}"}}"#);
        let state = pass(&output);
        let expected = format!("{code}: {message} at /States/A/Output/v");
        assert_eq!(said_of_jsonata(&state), [expected], "{expression}");
        let text =
            format!(r#"{{"QueryLanguage":"JSONata","StartAt":"A","States":{{"A":{state}}}}}"#);
        let checked = check(&text, &Options::new(&AnyResource));
        let span = checked.diagnostics[0].span.clone();
        assert!(text[span.clone()].starts_with(underlined), "{} in {text}", &text[span]);
    }
    for fine in ["$states.input.a[b > 3].c", "$map($states.input, function($x) { $x.y })", "$v"] {
        let said = said_of_jsonata(&pass(&format!(r#""{{% {fine} %}}""#)));
        assert!(said.iter().all(|s| s.starts_with("POSSIBLY_UNDEFINED")), "{fine}: {said:?}");
    }
}

/// `$states.result` and `$states.errorOutput` where they are.
#[test]
fn results_and_error_outputs() {
    let fine: [&str; 0] = [];
    let task = r#"{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","End":true,
        "Output":"{% $states.result %}","Assign":{"a":"{% $states.result.b %}"},
        "Catch":[{"ErrorEquals":["States.ALL"],"Next":"A","Output":"{% $states.errorOutput %}",
        "Assign":{"e":"{% $states.errorOutput.Cause %}"}}]}"#;
    assert_eq!(said_of_jsonata(task), fine);
    let task = r#"{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","End":true,
        "Arguments":"{% $states.result %}"}"#;
    assert_eq!(
        said_of_jsonata(task),
        ["UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist. at \
          /States/A/Arguments"]
    );
}

#[test]
fn resources() {
    let task = |resource: &str, fields: &str| {
        said_of_state(&format!(r#"{{"Type":"Task","End":true,"Resource":"{resource}"{fields}}}"#))
    };
    for resource in ["nope", "${Arn}", "arn:aws:s3:::b"] {
        assert_eq!(
            task(resource, ""),
            ["SCHEMA_VALIDATION_FAILED: Value is not a valid resource ARN at /States/A/Resource"]
        );
    }
    let activity = "arn:aws:states:us-east-1:123456789012:activity:a";
    assert_eq!(
        task(activity, r#","Credentials":{"RoleArn":"arn:aws:iam::1:role/r"}"#),
        ["SCHEMA_VALIDATION_FAILED: The field 'Credentials' is not supported for activities at \
          /States/A/Credentials"]
    );
    let express = Options { express: true, ..Options::new(&AnyResource) };
    for (resource, expected) in [
        (activity, "Activity ARN"),
        ("arn:aws:states:::states:startExecution.sync:2", "'.sync' service integration"),
        (
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "'.waitForTaskToken' service integration ",
        ),
    ] {
        let text = format!(
            r#"{{"StartAt":"A","States":{{"A":{{"Type":"Task","End":true,"Resource":"{resource}"}}}}}}"#
        );
        assert_eq!(
            said_with(&text, &express),
            [format!(
                "SCHEMA_VALIDATION_FAILED: Express state machine does not support {expected} at \
                 /States/A/Resource"
            )]
        );
    }
}

#[test]
fn distributed_maps() {
    let map = |config: &str, fields: &str| {
        said_of_state(&format!(
            r#"{{"Type":"Map","End":true,{fields}"ItemProcessor":{{"ProcessorConfig":{config},
            "StartAt":"I","States":{{"I":{{"Type":"Succeed"}}}}}}}}"#
        ))
    };
    let one = |text: &str| vec![format!("SCHEMA_VALIDATION_FAILED: {text}")];
    assert_eq!(
        map(r#"{"Mode":"DISTRIBUTED"}"#, ""),
        one(
            "These fields are required: [ExecutionType] at /States/A/ItemProcessor/ProcessorConfig"
        )
    );
    assert_eq!(
        map(r#"{"Mode":"INLINE","ExecutionType":"EXPRESS"}"#, ""),
        one("Field 'ExecutionType' is not supported at /States/A/ItemProcessor/ProcessorConfig")
    );
    let mode = r#"{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}"#;
    let reader = |config: &str| {
        map(
            mode,
            &format!(
                r#""ItemReader":{{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{config}}},"#
            ),
        )
    };
    let fine: Vec<String> = Vec::new();
    assert_eq!(reader(r#"{"InputType":"JSON","MaxItemsPath":"$.n"}"#), fine);
    let at = "/States/A/ItemReader/ReaderConfig";
    assert_eq!(
        reader(r#"{"InputType":"CSV"}"#),
        one(&format!("The field 'CSVHeaderLocation' is required at {at}"))
    );
    assert_eq!(
        reader(r#"{"InputType":"CSV","CSVHeaderLocation":"GIVEN"}"#),
        one(&format!("These fields are required: [CSVHeaders] at {at}"))
    );
    assert_eq!(
        reader(r#"{"InputType":"JSON","CSVHeaderLocation":"FIRST_ROW"}"#),
        one(&format!("Field 'CSVHeaderLocation' is not supported at {at}"))
    );
    assert_eq!(
        map(mode, r#""ItemReader":{"Resource":"arn:aws:states:::s3:putObject"},"#),
        one("The field 'Resource' does not match any of the allowed values at \
             /States/A/ItemReader/Resource")
    );
    assert_eq!(map(mode, r#""ResultWriter":{},"#), fine);
}

#[test]
fn variables() {
    let pass =
        |assign: &str| said_of_state(&format!(r#"{{"Type":"Pass","End":true,"Assign":{assign}}}"#));
    assert_eq!(
        pass(r#"{"states":1}"#),
        ["RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at \
          /States/A/Assign"]
    );
    assert_eq!(
        pass(r#"{"a.b":1}"#),
        ["INVALID_VARIABLE_NAME: Invalid variable name 'a.b': the variable name contains invalid \
          characters. at /States/A/Assign"]
    );
    assert_eq!(
        pass(r#"{"b.$":"$a"}"#),
        ["POSSIBLY_UNDEFINED_VARIABLE: Variable '$a' is possibly undefined. at /States/A/Assign"]
    );
}

#[test]
fn scopes() {
    let machine = |mode: &str, inner: &str| {
        said(&format!(
            r#"{{"StartAt":"A","States":{{"A":{{"Type":"Pass","Assign":{{"x":1}},"Next":"M"}},
            "M":{{"Type":"Map","Next":"Z","ItemProcessor":{{"ProcessorConfig":{mode},"StartAt":"I",
            "States":{{"I":{{"Type":"Pass","Assign":{inner},"End":true}}}}}}}},
            "Z":{{"Type":"Pass","End":true,"Parameters":{{"y.$":"$y"}}}}}}}}"#
        ))
    };
    let inline = r#"{"Mode":"INLINE"}"#;
    let distributed = r#"{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}"#;
    let undefined = |name: &str, at: &str| {
        format!("POSSIBLY_UNDEFINED_VARIABLE: Variable '${name}' is possibly undefined. at {at}")
    };
    let outside = undefined("y", "/States/Z/Parameters");
    assert_eq!(machine(inline, r#"{"y.$":"$x"}"#), std::slice::from_ref(&outside));
    let inner = "/States/M/ItemProcessor/States/I/Assign";
    assert_eq!(machine(distributed, r#"{"y.$":"$x"}"#), [outside.clone(), undefined("x", inner)]);
    assert_eq!(machine(distributed, r#"{"x":2}"#), std::slice::from_ref(&outside));
    assert_eq!(
        machine(inline, r#"{"x":2}"#),
        [
            outside,
            format!(
                "SCHEMA_VALIDATION_FAILED: Cannot assign to variable '$x': a variable of that name \
                 exists in an outer scope. at {inner}"
            )
        ]
    );
}

#[test]
fn help_is_given() {
    let help = |text: &str| check(text, &Options::new(&AnyResource)).diagnostics[0].help.clone();
    let text = r#"{"StartAt":"Alpa","States":{"Alpha":{"Type":"Succeed"}}}"#;
    assert_eq!(help(text).unwrap(), "did you mean 'Alpha'?");
    let text = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Paramters":1,"End":true}}}"#;
    assert_eq!(help(text).unwrap(), "did you mean 'Parameters'?");
}
