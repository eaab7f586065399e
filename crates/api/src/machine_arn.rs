//! From the ARN in a request to the state machine, version and alias that it names.

use std::sync::Arc;

use runtime::arn::{Arn, Resource};
use runtime::catalog::Machine;
use runtime::resolve::{self, ResolveError, Target};
use smol_str::SmolStr;

use crate::call::Call;
use crate::error::Error;

/// The ARN of a state machine, in parts.
#[derive(Clone, Copy, Debug)]
pub struct MachineArn<'a> {
    /// The whole, as it was given.
    pub given: &'a SmolStr,
    /// Without label, version, alias and test case.
    pub unqualified: &'a str,
    /// The label of a Distributed Map.
    pub label: Option<&'a str>,
    /// A version number or an alias.
    pub qualifier: Option<&'a str>,
}

impl<'a> MachineArn<'a> {
    /// Takes the ARN of a state machine apart.
    ///
    /// # Errors
    /// `InvalidArn`
    pub fn parse(given: &'a SmolStr) -> Result<Self, Error> {
        let arn = Arn::parse(given)?;
        let Resource::StateMachine { label, qualifier, test_case, .. } = arn.resource else {
            return Err(arn.wrong_type().into());
        };
        let tail: usize =
            [label, qualifier, test_case].iter().flatten().map(|it| it.len() + 1).sum();
        let unqualified = &given[..given.len() - tail];
        Ok(Self { given, unqualified, label, qualifier })
    }

    /// The error that nothing is there.
    pub fn does_not_exist(&self) -> Error {
        Error::StateMachineDoesNotExist(self.given.clone())
    }

    /// Refuses the ARN of a Distributed Map's processor.
    ///
    /// # Errors
    /// `ValidationException`
    pub fn unlabeled(self) -> Result<Self, Error> {
        match self.label {
            None => Ok(self),
            Some(_) => {
                Err(Error::LabeledArn("Labeled State Machine ARNs are not supported for this API"))
            }
        }
    }

    /// Refuses ARNs of versions and aliases as AWS does: there is no such machine (recorded for
    /// UpdateStateMachine).
    ///
    /// # Errors
    /// `ValidationException`, `StateMachineDoesNotExist`
    pub fn machine_only(self) -> Result<Self, Error> {
        let arn = self.unlabeled()?;
        if arn.qualifier.is_some() { Err(arn.does_not_exist()) } else { Ok(arn) }
    }

    /// The machine.
    ///
    /// # Errors
    /// `StateMachineDoesNotExist`
    pub fn machine(&self, call: &Call<'_>) -> Result<Arc<Machine>, Error> {
        call.app.catalog.machine(self.unqualified).ok_or_else(|| self.does_not_exist())
    }

    /// The version number, if the qualifier is one. Aliases are never digits alone.
    pub fn version(&self) -> Option<i64> {
        self.qualifier?.parse().ok().filter(|number| *number > 0)
    }
}

/// What `arn` starts: the current revision, a version, or one of an alias's versions, drawn by
/// weight.
///
/// # Errors
/// `InvalidArn`, `ValidationException`, `StateMachineDoesNotExist`, `StateMachineDeleting`
pub fn target(call: &Call<'_>, arn: &SmolStr) -> Result<Target, Error> {
    MachineArn::parse(arn)?.unlabeled()?;
    let percent = ((call.app.random)() % 100) as i64;
    resolve::target(&call.app.catalog, arn, percent).map_err(|error| match error {
        ResolveError::InvalidArn(fault) => fault.into(),
        ResolveError::DoesNotExist(arn) => Error::StateMachineDoesNotExist(arn),
        ResolveError::Deleting(arn) => Error::StateMachineDeleting(arn),
    })
}
