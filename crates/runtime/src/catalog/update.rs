//! Updating a state machine: each change makes a new revision.

use std::sync::Arc;

use asl::Program;
use smol_str::SmolStr;
use value::Timestamp;

use super::create::variable_references;
use super::program::Compiled;
use super::publish::next_version;
use super::{Catalog, Encryption, Error, Logging, Machine, Revision, document};

/// What is to change; `None` stays.
#[derive(Default)]
pub struct Changes {
    /// `definition` and what it compiles to.
    pub definition: Option<(Arc<str>, Arc<Program>)>,
    /// `roleArn`
    pub role_arn: Option<SmolStr>,
    /// `loggingConfiguration`
    pub logging: Option<Logging>,
    /// `tracingConfiguration.enabled`
    pub tracing: Option<bool>,
    /// `encryptionConfiguration`
    pub encryption: Option<Encryption>,
    /// `publish`
    pub publish: bool,
    /// `versionDescription`
    pub version_description: Option<SmolStr>,
}

/// A state machine after an update.
#[derive(Clone, Debug)]
pub struct Updated {
    /// The revision that is current now.
    pub revision: Arc<Revision>,
    /// The ARN of the version that publishes it, if it was to be published.
    pub version_arn: Option<SmolStr>,
}

impl Catalog {
    /// Changes a state machine. An update that changes nothing makes no revision (recorded:
    /// `test_update_logging_configuration`, `test_empty_revision_with_publish…`).
    ///
    /// # Errors
    /// There is no such machine, it is being deleted, it has too many versions, or the store failed.
    pub async fn update_machine(
        &self,
        arn: &str,
        changes: Changes,
        revision_id: SmolStr,
        now: Timestamp,
    ) -> Result<Updated, Error> {
        let mut writing = self.write().await;
        let old = self.live_machine(arn)?;
        let mut machine = Machine::clone(&old);
        let mut writes = Vec::new();
        if differs(&old.current, &changes) {
            let id = writing.ids.revision();
            machine.current = Arc::new(changed(&old.current, &changes, id, revision_id, now));
            writes.push(document::put_revision(&machine.current));
        }
        let version = if changes.publish {
            Some(next_version(&mut machine, changes.version_description, now, &mut writes)?)
        } else {
            None
        };
        let version_arn = version.map(|version| machine.version_arn(version.number));
        let updated = Updated { revision: Arc::clone(&machine.current), version_arn };
        if !writes.is_empty() {
            writes.push(document::put_machine(&machine));
            writing.commit(writes, move |state| state.put_machine(Arc::new(machine))).await?;
            if let Some((_, program)) = changes.definition {
                self.inner.programs.hold(&updated.revision, program);
            }
        }
        Ok(updated)
    }

    /// The state machine at `arn`, if it is not being deleted.
    pub(super) fn live_machine(&self, arn: &str) -> Result<Arc<Machine>, Error> {
        match self.machine(arn) {
            None => Err(Error::StateMachineDoesNotExist(arn.into())),
            Some(machine) if machine.deleting => Err(Error::StateMachineDeleting(arn.into())),
            Some(machine) => Ok(machine),
        }
    }
}

fn differs(revision: &Revision, changes: &Changes) -> bool {
    fn other<T: PartialEq>(new: Option<&T>, old: &T) -> bool {
        new.is_some_and(|new| new != old)
    }
    other(changes.definition.as_ref().map(|(text, _)| text), &revision.definition)
        || other(changes.role_arn.as_ref(), &revision.role_arn)
        || other(changes.logging.as_ref(), &revision.logging)
        || other(changes.tracing.as_ref(), &revision.tracing)
        || other(changes.encryption.as_ref(), &revision.encryption)
}

fn changed(
    old: &Revision,
    changes: &Changes,
    id: i64,
    revision_id: SmolStr,
    now: Timestamp,
) -> Revision {
    let (definition, variable_references) = match &changes.definition {
        Some((text, program)) => (Arc::clone(text), variable_references(program)),
        None => (Arc::clone(&old.definition), old.variable_references.clone()),
    };
    Revision {
        id,
        machine: old.machine,
        machine_arn: old.machine_arn.clone(),
        name: old.name.clone(),
        partition: old.partition.clone(),
        account: old.account.clone(),
        region: old.region.clone(),
        label: None,
        definition,
        role_arn: changes.role_arn.as_ref().unwrap_or(&old.role_arn).clone(),
        machine_type: old.machine_type,
        logging: changes.logging.as_ref().unwrap_or(&old.logging).clone(),
        tracing: changes.tracing.unwrap_or(old.tracing),
        encryption: changes.encryption.as_ref().unwrap_or(&old.encryption).clone(),
        revision_id: Some(revision_id),
        created: now,
        variable_references,
        compiled: Compiled::default(),
        programs: Arc::clone(&old.programs),
    }
}
