//! The activities and state machines of simulated servers.

use std::sync::Arc;

use value::Timestamp;

use super::program::{ACTIVITIES, activity_arn, machine_arn};
use crate::catalog::{Encryption, Logging, MachineType, NewMachine};
use crate::executions::Executions;

/// Virtual time starts here.
pub(in crate::sim) const START: i64 = 1_700_000_000_000;

pub(in crate::sim) async fn create_activity(
    executions: Executions,
    at: usize,
) -> Result<(), String> {
    let (arn, name) = (activity_arn(ACTIVITIES[at]).into(), ACTIVITIES[at].into());
    let catalog = executions.catalog();
    let created = catalog
        .create_activity(arn, name, Encryption::default(), Vec::new(), Timestamp(START))
        .await;
    created.map(drop).map_err(|error| error.to_string())
}

pub(in crate::sim) async fn create_machine(
    executions: Executions,
    at: usize,
    text: String,
    program: asl::Program,
) -> Result<(), String> {
    let new = NewMachine {
        arn: machine_arn(at).into(),
        name: format!("m{at}").into(),
        partition: "aws".into(),
        account: "123456789012".into(),
        region: "us-east-1".into(),
        definition: text.into(),
        program: Arc::new(program),
        role_arn: "arn:aws:iam::123456789012:role/r".into(),
        machine_type: MachineType::Standard,
        logging: Logging::default(),
        tracing: false,
        encryption: Encryption::default(),
        publish: false,
        version_description: None,
        tags: Vec::new(),
    };
    let created = executions.catalog().create_machine(new, Timestamp(START)).await;
    created.map(drop).map_err(|error| error.to_string())
}
