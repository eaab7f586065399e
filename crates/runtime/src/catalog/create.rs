//! Creating a state machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::Program;
use smol_str::SmolStr;
use value::{Timestamp, Value};

use super::activity::is_full;
use super::program::Compiled;
use super::{
    Catalog, Encryption, Error, Logging, Machine, MachineType, Revision, Tags, Version, document,
    limits,
};

/// A state machine to create; name, role and configuration have been checked.
pub struct NewMachine {
    /// Its unqualified ARN.
    pub arn: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// The partition in its ARN.
    pub partition: SmolStr,
    /// The account in its ARN.
    pub account: SmolStr,
    /// The region in its ARN.
    pub region: SmolStr,
    /// The definition.
    pub definition: Arc<str>,
    /// What it compiles to.
    pub program: Arc<Program>,
    /// `roleArn`
    pub role_arn: SmolStr,
    /// `type`
    pub machine_type: MachineType,
    /// `loggingConfiguration`
    pub logging: Logging,
    /// `tracingConfiguration.enabled`
    pub tracing: bool,
    /// `encryptionConfiguration`
    pub encryption: Encryption,
    /// `publish`
    pub publish: bool,
    /// `versionDescription`
    pub version_description: Option<SmolStr>,
    /// `tags`
    pub tags: Tags,
}

/// A state machine that was created, now or by an earlier call just like this one.
#[derive(Clone, Debug)]
pub struct Created {
    /// The machine.
    pub machine: Arc<Machine>,
    /// The version, if it was to be published.
    pub version: Option<i64>,
}

impl Catalog {
    /// Creates a state machine, or returns the one that the same call created before.
    ///
    /// # Errors
    /// The name is taken, there are too many, or the store failed.
    pub async fn create_machine(&self, new: NewMachine, now: Timestamp) -> Result<Created, Error> {
        let mut writing = self.write().await;
        if let Some(existing) = self.machine(&new.arn) {
            return repeated(existing, &new);
        }
        if is_full(&self.inner.state().machines, &new.arn, limits::STATE_MACHINES) {
            return Err(Error::StateMachineLimitExceeded);
        }
        if new.tags.len() > limits::TAGS {
            return Err(Error::TooManyTags(new.arn));
        }
        let (id, revision) = (writing.ids.machine(), writing.ids.revision());
        let revision = Arc::new(self.first_revision(&new, id, revision, now));
        let machine = Arc::new(first_machine(&new, id, Arc::clone(&revision), now));
        let mut writes = vec![document::put_revision(&revision), document::put_machine(&machine)];
        writes.extend(machine.versions.values().map(|version| document::put_version(id, version)));
        writes.extend((!new.tags.is_empty()).then(|| document::put_tags(&new.arn, &new.tags)));
        let created = Created { machine: Arc::clone(&machine), version: new.publish.then_some(1) };
        let tags = new.tags;
        writing
            .commit(writes, move |state| {
                state.set_tags(machine.arn.clone(), tags);
                state.put_machine(machine);
            })
            .await?;
        self.inner.programs.hold(&revision, new.program);
        Ok(created)
    }

    fn first_revision(&self, new: &NewMachine, machine: i64, id: i64, now: Timestamp) -> Revision {
        Revision {
            id,
            machine,
            machine_arn: new.arn.clone(),
            name: new.name.clone(),
            partition: new.partition.clone(),
            account: new.account.clone(),
            region: new.region.clone(),
            label: None,
            definition: Arc::clone(&new.definition),
            role_arn: new.role_arn.clone(),
            machine_type: new.machine_type,
            logging: new.logging.clone(),
            tracing: new.tracing,
            encryption: new.encryption.clone(),
            revision_id: None,
            created: now,
            variable_references: variable_references(&new.program),
            compiled: Compiled::default(),
            programs: Arc::clone(&self.inner.programs),
        }
    }
}

fn first_machine(new: &NewMachine, id: i64, current: Arc<Revision>, now: Timestamp) -> Machine {
    let mut versions = BTreeMap::new();
    if new.publish {
        let (description, revision) = (new.version_description.clone(), Arc::clone(&current));
        versions.insert(1, Arc::new(Version { number: 1, revision, description, created: now }));
    }
    Machine {
        id,
        arn: new.arn.clone(),
        name: new.name.clone(),
        created: now,
        deleting: false,
        current,
        next_version: if new.publish { 2 } else { 1 },
        versions: Arc::new(versions),
        aliases: Arc::default(),
        published_on_creation: new.publish.then(|| new.version_description.clone()),
    }
}

/// The answer to creating what exists: AWS compares everything but the role and the tags, and the
/// definition as text (recorded: `test_create_duplicate_definition_format_sm`).
fn repeated(existing: Arc<Machine>, new: &NewMachine) -> Result<Created, Error> {
    if existing.deleting {
        return Err(Error::StateMachineDeleting(new.arn.clone()));
    }
    let current = &existing.current;
    let published = new.publish.then(|| new.version_description.clone());
    let same = current.definition == new.definition
        && current.machine_type == new.machine_type
        && current.logging == new.logging
        && current.tracing == new.tracing
        && current.encryption.is_same_key(&new.encryption)
        && existing.published_on_creation == published;
    if !same {
        return Err(Error::StateMachineAlreadyExists(new.arn.clone()));
    }
    let version = if new.publish { existing.version_of(current.id) } else { None };
    let version = version.map(|version| version.number);
    Ok(Created { machine: existing, version })
}

/// `variableReferences`: the variables that each state reads, both in alphabetical order as AWS
/// has them (recorded: `test_sfn_api_variable_references`).
pub(super) fn variable_references(program: &Program) -> Option<Arc<str>> {
    let mut states = BTreeMap::new();
    for state in program.states.iter().filter(|state| !state.variable_references.is_empty()) {
        let mut names: Vec<Value> =
            state.variable_references.iter().cloned().map(Value::String).collect();
        names.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        names.dedup();
        states.insert(state.name.clone(), Value::array(names));
    }
    (!states.is_empty()).then(|| Value::object(states).to_json().into())
}
