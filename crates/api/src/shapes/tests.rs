//! The table against AWS's own model, and the validator against recorded and framework texts.

use std::process::Command;

use value::{Value, json};

use super::*;

/// Prints the inputs of all operations of botocore's model, one constraint a line, in the form
/// that `describe` gives to the table.
const MODEL: &str = r#"
import sys
try:
    from botocore.loaders import Loader
except ImportError:
    sys.exit(3)
model = Loader().load_service_model('stepfunctions', 'service-2')
shapes = model['shapes']
def describe(name, path):
    shape = shapes[name]
    kind = shape['type']
    limits = ''.join(f' {key}={shape[key]:g}' if kind == 'float' else f' {key}={shape[key]}'
                     for key in ('min', 'max') if key in shape)
    limits += f" pattern={shape['pattern']}" if 'pattern' in shape else ''
    limits += f" enum={','.join(sorted(shape['enum']))}" if 'enum' in shape else ''
    limits += ' sensitive' if shape.get('sensitive') else ''
    print(f'{path} {kind}{limits}' + (f' {name}' if kind == 'structure' else ''))
    if kind == 'list':
        describe(shape['member']['shape'], path + '[]')
    if kind == 'structure':
        for key, member in shape['members'].items():
            required = '!' if key in shape.get('required', []) else ''
            describe(member['shape'], f'{path}.{key}{required}')
for name, operation in sorted(model['operations'].items()):
    describe(operation['input']['shape'], name)
"#;

#[test]
fn the_table_is_aws_s_model() {
    let python = std::env::var("STEPWELL_PYTHON").unwrap_or_else(|_| "python3".into());
    let output = match Command::new(&python).args(["-c", MODEL]).output() {
        Ok(output) if output.status.success() => output,
        other => {
            eprintln!("SKIPPED: {python} has no botocore to compare the table with ({other:?})");
            return;
        }
    };
    let theirs = String::from_utf8(output.stdout).unwrap();
    let mut ours = String::new();
    for operation in OPERATIONS {
        structure(&operation.input, operation.name, &mut ours);
    }
    let (theirs, ours): (Vec<_>, Vec<_>) = (theirs.lines().collect(), ours.lines().collect());
    let missing: Vec<_> = theirs.iter().filter(|line| !ours.contains(line)).collect();
    let surplus: Vec<_> = ours.iter().filter(|line| !theirs.contains(line)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}\nsurplus {surplus:#?}");
    assert_eq!(ours.len(), theirs.len());
}

fn structure(structure: &Structure, path: &str, out: &mut String) {
    *out += &format!("{path} structure {}\n", structure.name);
    for member in structure.members {
        let mark = if member.required { "!" } else { "" };
        describe(&member.shape, &format!("{path}.{}{mark}", member.name), out);
    }
}

fn describe(shape: &Shape, path: &str, out: &mut String) {
    let limit = |name: &str, limit: Option<String>| {
        limit.map_or(String::new(), |limit| format!(" {name}={limit}"))
    };
    let line = match shape {
        Shape::Text(text) => {
            let mut values = text.values.to_vec();
            values.sort_unstable();
            let values = (!values.is_empty()).then(|| values.join(","));
            let (min, max) = (text.min.map(|it| it.to_string()), text.max.map(|it| it.to_string()));
            let pattern = text.pattern.map(|(pattern, _)| pattern.to_owned());
            let sensitive = if text.sensitive { " sensitive" } else { "" };
            let limits = limit("min", min) + &limit("max", max);
            format!(
                "string{limits}{}{}{sensitive}",
                limit("pattern", pattern),
                limit("enum", values)
            )
        }
        Shape::Integer(limits) => {
            let kind = if limits.long { "long" } else { "integer" };
            let (min, max) =
                (limits.min.map(|it| it.to_string()), limits.max.map(|it| it.to_string()));
            format!("{kind}{}{}", limit("min", min), limit("max", max))
        }
        Shape::Float { min, max } => format!("float min={min} max={max}"),
        Shape::Boolean => "boolean".into(),
        Shape::List { item, min, max } => {
            let (low, high) = (min.map(|it| it.to_string()), max.map(|it| it.to_string()));
            *out += &format!("{path} list{}{}\n", limit("min", low), limit("max", high));
            return describe(item, &format!("{path}[]"), out);
        }
        Shape::Structure(inner) => return structure(inner, path, out),
    };
    *out += &format!("{path} {line}\n");
}

/// The code and text of the fault of a request.
fn fault(operation: &str, input: &str) -> (&'static str, String) {
    let shape = &super::operation(operation).unwrap().input;
    let error = validate(&json::parse(input).unwrap(), shape).unwrap_err();
    (error.code(), error.message())
}

fn constraint(operation: &str, input: &str) -> String {
    let (code, message) = fault(operation, input);
    assert_eq!(code, "ValidationException");
    message
}

#[test]
fn operations_are_found_by_name() {
    assert_eq!(OPERATIONS.len(), 37);
    for known in OPERATIONS {
        assert_eq!(operation(known.name).map(|found| found.name), Some(known.name));
    }
    assert!(operation("Nothing").is_none());
}

#[test]
fn recorded_texts() {
    let one = "1 validation error detected: Value";
    assert_eq!(
        constraint("ListStateMachines", r#"{"maxResults":1001}"#),
        format!(
            "{one} '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000"
        )
    );
    let token = "x".repeat(1025);
    assert_eq!(
        constraint("ListStateMachines", &format!(r#"{{"nextToken":"{token}"}}"#)),
        format!(
            "{one} '{token}' at 'nextToken' failed to satisfy constraint: Member must have length less than or equal to 1024"
        )
    );
    let token = "x".repeat(3097);
    assert_eq!(
        constraint("ListExecutions", &format!(r#"{{"nextToken":"{token}"}}"#)),
        format!(
            "{one} '{token}' at 'nextToken' failed to satisfy constraint: Member must have length less than or equal to 3096"
        )
    );
    let alias = |name: &str, routing: &str| {
        let routes = format!(r#"{{"name":"{name}","routingConfiguration":{routing}}}"#);
        constraint("CreateStateMachineAlias", &routes)
    };
    let route = r#"[{"stateMachineVersionArn":"arn:1","weight":100}]"#;
    for name in ["123", "INVALID ALIAS", "!INVALID", "ALIAS@"] {
        assert_eq!(
            alias(name, route),
            format!(
                r"{one} '{name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$"
            )
        );
    }
    let long = "A".repeat(81);
    assert_eq!(
        alias(&long, route),
        format!(
            "{one} '{long}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 80"
        )
    );
    assert_eq!(
        alias("a", r#"[{"stateMachineVersionArn":"arn:1","weight":101}]"#),
        format!(
            "{one} '101' at 'routingConfiguration.1.member.weight' failed to satisfy constraint: Member must have value less than or equal to 100"
        )
    );
    let three = r#"[{"stateMachineVersionArn":"m:1","weight":50},{"stateMachineVersionArn":"m:2","weight":30},{"stateMachineVersionArn":"m:3","weight":20}]"#;
    assert_eq!(
        alias("a", three),
        format!(
            "{one} '[RoutingConfigurationListItem(stateMachineVersionArn=m:1, weight=50), RoutingConfigurationListItem(stateMachineVersionArn=m:2, weight=30), RoutingConfigurationListItem(stateMachineVersionArn=m:3, weight=20)]' at 'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to 2"
        )
    );
    assert_eq!(
        constraint("ListExecutions", r#"{"statusFilter":"X"}"#),
        format!(
            "{one} 'X' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]"
        )
    );
}

#[test]
fn several_faults_stand_in_one_text_and_secrets_do_not() {
    assert_eq!(
        constraint("CreateStateMachine", r#"{"name":"","roleArn":null}"#),
        "3 validation errors detected: \
         Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1; \
         Value null at 'definition' failed to satisfy constraint: Member must not be null; \
         Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
    );
    let input = "x".repeat(262_145);
    assert_eq!(
        constraint("StartExecution", &format!(r#"{{"stateMachineArn":"a","input":"{input}"}}"#)),
        "1 validation error detected: Value at 'input' failed to satisfy constraint: \
         Member must have length less than or equal to 262144"
    );
    let tags = format!(r#"{{"resourceArn":"a","tags":[{}1]}}"#, "null,".repeat(5));
    assert_eq!(fault("TagResource", &tags).0, "SerializationException");
    let many = format!(r#"{{"resourceArn":"a","tags":[{}null]}}"#, "null,".repeat(5000));
    assert!(constraint("TagResource", &many).starts_with("100 validation errors detected: "));
}

#[test]
fn wrong_types_are_serialization_faults() {
    for (operation, input, text) in [
        (
            "DescribeExecution",
            r#"{"executionArn":1}"#,
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            "DescribeExecution",
            r#"{"executionArn":true}"#,
            "TRUE_VALUE can not be converted to a String",
        ),
        (
            "DescribeExecution",
            r#"{"executionArn":{}}"#,
            "Start of structure or map found where not expected.",
        ),
        ("DescribeExecution", r#"{"executionArn":[]}"#, "Start of list found where not expected"),
        (
            "ListStateMachines",
            r#"{"maxResults":"1"}"#,
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            "GetExecutionHistory",
            r#"{"executionArn":"a","reverseOrder":"x"}"#,
            "STRING_VALUE can not be converted to a Boolean",
        ),
        ("TagResource", r#"{"resourceArn":"a","tags":{}}"#, "Expected list or null"),
        ("TagResource", r#"{"resourceArn":"a","tags":["x"]}"#, "Expected null"),
        (
            "UpdateMapRun",
            r#"{"mapRunArn":"a","toleratedFailureCount":"x"}"#,
            "STRING_VALUE can not be converted to a Long",
        ),
        ("ListStateMachines", "[]", "Unexpected field type"),
    ] {
        assert_eq!(fault(operation, input), ("SerializationException", text.into()), "{input}");
    }
}

#[test]
fn numbers_keep_their_limits() {
    let map_run =
        |member: &str| constraint("UpdateMapRun", &format!(r#"{{"mapRunArn":"a",{member}}}"#));
    assert!(map_run(r#""maxConcurrency":-1"#).ends_with("'maxConcurrency' failed to satisfy constraint: Member must have value greater than or equal to 0"));
    assert!(
        map_run(r#""maxConcurrency":2147483648"#).ends_with("less than or equal to 2147483647")
    );
    assert!(map_run(r#""toleratedFailurePercentage":100.5"#).ends_with("'100.5' at 'toleratedFailurePercentage' failed to satisfy constraint: Member must have value less than or equal to 100"));
    assert_eq!(fault("ListStateMachines", r#"{"maxResults":1.5}"#).0, "ValidationException");
    let fine =
        json::parse(r#"{"mapRunArn":"a","toleratedFailureCount":2147483648,"more":[]}"#).unwrap();
    assert!(validate(&fine, &operation("UpdateMapRun").unwrap().input).is_ok());
    assert!(validate(&Value::empty_object(), &operation("ListActivities").unwrap().input).is_ok());
}
