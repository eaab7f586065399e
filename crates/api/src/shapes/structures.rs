//! The shapes of members that several operations share, as AWS's model names them.

use super::{Integer, Member, Shape, Structure, Text, optional, required};

const PLAIN: Text = Text { min: None, max: None, pattern: None, values: &[], sensitive: false };
const PRIVATE: Text = Text { sensitive: true, ..PLAIN };

const fn length(min: usize, max: usize) -> Shape {
    Shape::Text(Text { min: Some(min), max: Some(max), ..PLAIN })
}

const fn choice(values: &'static [&'static str]) -> Shape {
    Shape::Text(Text { values, ..PLAIN })
}

const fn private(min: Option<usize>, max: usize) -> Shape {
    Shape::Text(Text { min, max: Some(max), ..PRIVATE })
}

const fn range(min: i64, max: i64) -> Shape {
    Shape::Integer(Integer { min: Some(min), max: Some(max), long: false })
}

pub(super) const NAME: Shape = length(1, 80);
pub(super) const ARN: Shape = length(1, 256);
pub(super) const LONG_ARN: Shape = length(1, 2000);
pub(super) const PAGE_TOKEN: Shape = length(1, 1024);
pub(super) const LIST_EXECUTIONS_PAGE_TOKEN: Shape = length(1, 3096);
pub(super) const TASK_TOKEN: Shape = length(1, 2048);
pub(super) const REVISION_ID: Shape = Shape::Text(PLAIN);
pub(super) const PAGE_SIZE: Shape = range(0, 1000);
pub(super) const VALIDATE_MAX_RESULTS: Shape = range(0, 100);
pub(super) const DEFINITION: Shape = private(Some(1), 1_048_576);
pub(super) const DESCRIPTION: Shape = private(None, 256);
pub(super) const SENSITIVE_DATA: Shape = private(None, 262_144);
pub(super) const SENSITIVE_ERROR: Shape = private(Some(0), 256);
pub(super) const SENSITIVE_CAUSE: Shape = private(Some(0), 32_768);
pub(super) const STATE_NAME: Shape = private(Some(1), 80);
pub(super) const NOT_NEGATIVE: Shape =
    Shape::Integer(Integer { min: Some(0), max: None, long: false });
pub(super) const LONG_NOT_NEGATIVE: Shape =
    Shape::Integer(Integer { min: Some(0), max: None, long: true });
pub(super) const PERCENTAGE: Shape = Shape::Float { min: 0.0, max: 100.0 };

/// `name` of an alias.
pub(super) const CHARACTER_RESTRICTED_NAME: Shape = Shape::Text(Text {
    min: Some(1),
    max: Some(80),
    pattern: Some((r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$", is_alias_name)),
    ..PLAIN
});
pub(super) const TRACE_HEADER: Shape = Shape::Text(Text {
    min: Some(0),
    max: Some(256),
    pattern: Some((r"\p{ASCII}*", str::is_ascii)),
    ..PLAIN
});
pub(super) const CLIENT_TOKEN: Shape = Shape::Text(Text {
    min: Some(1),
    max: Some(64),
    pattern: Some(("[!-~]+", is_graphic)),
    ..PLAIN
});

// AWS prints enum values in an order of its own. Only that of `statusFilter` is recorded; the
// others stand as in the model.
pub(super) const EXECUTION_STATUS: Shape =
    choice(&["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"]);
pub(super) const STATE_MACHINE_TYPE: Shape = choice(&["STANDARD", "EXPRESS"]);
pub(super) const INCLUDED_DATA: Shape = choice(&["ALL_DATA", "METADATA_ONLY"]);
pub(super) const REDRIVE_FILTER: Shape = choice(&["REDRIVEN", "NOT_REDRIVEN"]);
pub(super) const VALIDATE_SEVERITY: Shape = choice(&["ERROR", "WARNING"]);
pub(super) const INSPECTION_LEVEL: Shape = choice(&["INFO", "DEBUG", "TRACE"]);
const LOG_LEVEL: Shape = choice(&["ALL", "ERROR", "FATAL", "OFF"]);
const ENCRYPTION_TYPE: Shape = choice(&["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"]);
const MOCK_VALIDATION_MODE: Shape = choice(&["STRICT", "PRESENT", "NONE"]);

const fn list(item: &'static Shape) -> Shape {
    Shape::List { item, min: None, max: None }
}

macro_rules! structure {
    ($shape:ident, $name:literal, [$($member:expr),* $(,)?]) => {
        pub(super) const $shape: Shape = {
            static MEMBERS: &[Member] = &[$($member),*];
            static STRUCTURE: Structure = Structure { name: $name, members: MEMBERS };
            Shape::Structure(&STRUCTURE)
        };
    };
}

pub(super) const TAGS: Shape = list(&TAG);
pub(super) const TAG_KEYS: Shape = list(&length(1, 128));
structure!(TAG, "Tag", [optional("key", length(1, 128)), optional("value", length(0, 256))]);

structure!(
    LOGGING,
    "LoggingConfiguration",
    [
        optional("level", LOG_LEVEL),
        optional("includeExecutionData", Shape::Boolean),
        optional("destinations", list(&LOG_DESTINATION)),
    ]
);
structure!(LOG_DESTINATION, "LogDestination", [optional("cloudWatchLogsLogGroup", LOG_GROUP)]);
structure!(LOG_GROUP, "CloudWatchLogsLogGroup", [optional("logGroupArn", ARN)]);
structure!(TRACING, "TracingConfiguration", [optional("enabled", Shape::Boolean)]);
structure!(
    ENCRYPTION,
    "EncryptionConfiguration",
    [
        optional("kmsKeyId", length(1, 2048)),
        optional("kmsDataKeyReusePeriodSeconds", range(60, 900)),
        required("type", ENCRYPTION_TYPE),
    ]
);

pub(super) const ROUTING: Shape = Shape::List { item: &ROUTE, min: Some(1), max: Some(2) };
structure!(
    ROUTE,
    "RoutingConfigurationListItem",
    [required("stateMachineVersionArn", ARN), required("weight", range(0, 100)),]
);

structure!(
    MOCK,
    "MockInput",
    [
        optional("result", SENSITIVE_DATA),
        optional("errorOutput", MOCK_ERROR),
        optional("fieldValidationMode", MOCK_VALIDATION_MODE),
    ]
);
structure!(
    MOCK_ERROR,
    "MockErrorOutput",
    [optional("error", SENSITIVE_ERROR), optional("cause", SENSITIVE_CAUSE),]
);
structure!(
    TEST_STATE_CONFIGURATION,
    "TestStateConfiguration",
    [
        optional("retrierRetryCount", NOT_NEGATIVE),
        optional("errorCausedByState", STATE_NAME),
        optional("mapIterationFailureCount", NOT_NEGATIVE),
        optional("mapItemReaderData", SENSITIVE_DATA),
    ]
);

/// `^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`: not digits alone, so that it is no version number.
fn is_alias_name(name: &str) -> bool {
    let mark = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.');
    name.bytes().any(|byte| mark(&byte))
        && name.bytes().all(|byte| mark(&byte) || byte.is_ascii_digit())
}

fn is_graphic(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}
