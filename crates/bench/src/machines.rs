//! The state machines that are measured.

use value::Value;

use crate::Error;
use crate::server::Server;

/// One Pass.
pub(crate) const ONE_PASS: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;

/// Five states that move data as people's do: 12 events.
pub(crate) const FIVE_STATES: &str = r#"{"StartAt":"Read","States":{
"Read":{"Type":"Pass","Parameters":{"order.$":"$.order","id.$":"$$.Execution.Id"},"Next":"Price"},
"Price":{"Type":"Pass","Parameters":{"total.$":"States.MathAdd($.order.price,$.order.shipping)"},
  "ResultPath":"$.cost","Next":"Large?"},
"Large?":{"Type":"Choice","Choices":[{"Variable":"$.cost.total","NumericGreaterThan":1000,
  "Next":"Say"}],"Default":"Name"},
"Name":{"Type":"Pass","Parameters":{"text.$":
  "States.Format('{} for {}',$.cost.total,$.order.customer)"},"ResultPath":"$.line","Next":"Say"},
"Say":{"Type":"Pass","OutputPath":"$.line","End":true}}}"#;

/// An input of it.
pub(crate) const ORDER: &str = r#"{"order":{"price":120,"shipping":8,"customer":"Ada Lovelace","lines":["tea","cup","spoon"],"gift":false}}"#;

/// An inline Map whose items are two states each.
pub(crate) const MAP: &str = r#"{"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items",
"ItemProcessor":{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}}},
"ResultPath":null,"End":true}}}"#;

/// Waits until the instant in its input.
pub(crate) const WAIT: &str =
    r#"{"StartAt":"W","States":{"W":{"Type":"Wait","TimestampPath":"$.until","End":true}}}"#;

/// Counts to the number in its input: two states and four events for each step.
pub(crate) const LOOP: &str = r#"{"StartAt":"Start","States":{
"Start":{"Type":"Pass","Parameters":{"count":0,"end.$":"$.end"},"Next":"More?"},
"More?":{"Type":"Choice","Choices":[{"Variable":"$.count","NumericLessThanPath":"$.end","Next":"Add"}],
  "Default":"Done"},
"Add":{"Type":"Pass","Parameters":{"count.$":"States.MathAdd($.count,1)","end.$":"$.end"},
  "Next":"More?"},
"Done":{"Type":"Succeed"}}}"#;

/// A Task of the activity at `arn`.
pub(crate) fn activity(arn: &str) -> String {
    format!(r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{arn}","End":true}}}}}}"#)
}

/// Creates a state machine; its ARN.
pub(crate) async fn create(
    server: &Server,
    name: &str,
    kind: &str,
    definition: &str,
) -> Result<String, Error> {
    let definition = Value::string(definition).to_json();
    let body = format!(
        r#"{{"name":"{name}","type":"{kind}","definition":{definition},"roleArn":"arn:aws:iam::123456789012:role/r"}}"#
    );
    server.client().await?.text("CreateStateMachine", &body, "stateMachineArn").await
}

/// The body that starts the machine at `arn`.
pub(crate) fn start(arn: &str, input: &str) -> String {
    let input = Value::string(input).to_json();
    format!(r#"{{"stateMachineArn":"{arn}","input":{input}}}"#)
}
