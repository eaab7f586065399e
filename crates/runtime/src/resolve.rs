//! Which revision an ARN given to StartExecution means.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::arn::{Arn, ArnError, Resource};
use crate::catalog::{Catalog, Machine, Revision};

/// What is to be started.
#[derive(Clone, Debug)]
pub struct Target {
    /// The revision.
    pub revision: Arc<Revision>,
    /// The number of the version that was named, or that the alias chose.
    pub version: Option<i64>,
    /// The alias that was named.
    pub alias: Option<SmolStr>,
    /// The test case of a mock file that was named.
    pub test_case: Option<SmolStr>,
}

/// Why an ARN cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// It is no ARN of a state machine.
    #[error("Invalid Arn: '{0}'")]
    InvalidArn(ArnError),
    /// There is no such machine, version or alias.
    #[error("State Machine Does Not Exist: '{0}'")]
    DoesNotExist(SmolStr),
    /// The machine is being deleted.
    #[error("State Machine is being deleted: '{0}'")]
    Deleting(SmolStr),
}

impl ResolveError {
    /// AWS's error code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidArn(_) => "InvalidArn",
            Self::DoesNotExist(_) => "StateMachineDoesNotExist",
            Self::Deleting(_) => "StateMachineDeleting",
        }
    }
}

/// Resolves the ARN of a machine, a version or an alias. `percent`, a number from 0 to 99, chooses
/// between the two versions of an alias.
///
/// # Errors
/// It is no such ARN, or leads nowhere.
pub fn target(catalog: &Catalog, text: &str, percent: i64) -> Result<Target, ResolveError> {
    let arn = Arn::parse(text).map_err(ResolveError::InvalidArn)?;
    let Resource::StateMachine { name, label: None, qualifier, test_case } = arn.resource else {
        return Err(ResolveError::InvalidArn(arn.wrong_type()));
    };
    let plain = Resource::StateMachine { name, label: None, qualifier: None, test_case: None };
    let missing = || ResolveError::DoesNotExist(text.into());
    let machine = catalog.machine(&arn.with(plain).to_string()).ok_or_else(missing)?;
    if machine.deleting {
        return Err(ResolveError::Deleting(text.into()));
    }
    let test_case = test_case.map(SmolStr::new);
    let Some(qualifier) = qualifier else {
        let revision = machine.current.clone();
        return Ok(Target { revision, version: None, alias: None, test_case });
    };
    let (version, alias) = match qualifier.parse::<i64>() {
        Ok(number) => (number, None),
        Err(_) => {
            let alias = machine.aliases.get(qualifier).ok_or_else(missing)?;
            (alias.choose(percent).ok_or_else(missing)?, Some(alias.name.clone()))
        }
    };
    let revision = revision_of(&machine, version).ok_or_else(missing)?;
    Ok(Target { revision, version: Some(version), alias, test_case })
}

fn revision_of(machine: &Machine, version: i64) -> Option<Arc<Revision>> {
    machine.versions.get(&version).map(|version| version.revision.clone())
}
