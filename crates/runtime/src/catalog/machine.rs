//! State machines, their revisions, versions and aliases, as the catalogue holds them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use asl::Program;
use smol_str::{SmolStr, format_smolstr};
use value::Timestamp;

use super::program::{Compiled, Programs};
use super::{Encryption, Logging, MachineType};
use crate::arn::{Arn, Resource};

/// A state machine. Immutable: a change makes a new one.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its number, never used again.
    pub id: i64,
    /// Its unqualified ARN.
    pub arn: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// `creationDate`
    pub created: Timestamp,
    /// Whether it is `DELETING`.
    pub deleting: bool,
    /// What executions run that name no version.
    pub current: Arc<Revision>,
    /// Published versions by number.
    pub versions: Arc<BTreeMap<i64, Arc<Version>>>,
    /// Aliases by name, the order in which AWS lists them (recorded: `test_sfn_api_aliasing`).
    pub aliases: Arc<BTreeMap<SmolStr, Arc<Alias>>>,
    /// The next version's number; numbers are never used again.
    pub next_version: i64,
    /// The version description given on creation, if it was to publish; part of what makes a
    /// repeated creation the same.
    pub published_on_creation: Option<Option<SmolStr>>,
}

impl Machine {
    /// The ARN of version `number`.
    pub fn version_arn(&self, number: i64) -> SmolStr {
        format_smolstr!("{}:{number}", self.arn)
    }

    /// The ARN of the alias `name`.
    pub fn alias_arn(&self, name: &str) -> SmolStr {
        format_smolstr!("{}:{name}", self.arn)
    }

    /// The version that publishes `revision`.
    pub fn version_of(&self, revision: i64) -> Option<&Arc<Version>> {
        self.versions.values().find(|version| version.revision.id == revision)
    }
}

/// What an execution runs for as long as it lives: a definition with role and configuration.
pub struct Revision {
    /// Its number, never used again.
    pub id: i64,
    /// The number of its state machine.
    pub machine: i64,
    /// The unqualified ARN of its state machine.
    pub machine_arn: SmolStr,
    /// The name of its state machine.
    pub name: SmolStr,
    /// The partition of its state machine.
    pub partition: SmolStr,
    /// The account of its state machine.
    pub account: SmolStr,
    /// The region of its state machine.
    pub region: SmolStr,
    /// The label, if this is the processor of a Distributed Map.
    pub label: Option<SmolStr>,
    /// The definition, byte for byte as it came.
    pub definition: Arc<str>,
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
    /// `revisionId`; a state machine that was never updated has none.
    pub revision_id: Option<SmolStr>,
    /// When it became current: `updateDate`.
    pub created: Timestamp,
    /// `variableReferences` as JSON, if any state reads a variable.
    pub variable_references: Option<Arc<str>>,
    pub(super) compiled: Compiled,
    pub(super) programs: Arc<Programs>,
}

impl Revision {
    /// The program; compiled if it is not at hand. `None` if the definition, which was accepted
    /// once, is refused by the checks of this build.
    pub fn program(self: &Arc<Self>) -> Option<Arc<Program>> {
        self.programs.of(self)
    }

    /// The ARN of the Standard execution `name`.
    pub fn execution_arn(&self, name: &str) -> SmolStr {
        let (machine, label) = (self.name.as_str(), self.label.as_deref());
        self.arn(Resource::Execution { machine, label, name }).text()
    }

    /// The ARN of the Express execution `name` whose start has the id `id`.
    pub fn express_arn(&self, name: &str, id: &str) -> SmolStr {
        let (machine, label) = (self.name.as_str(), self.label.as_deref());
        self.arn(Resource::Express { machine, label, name, id }).text()
    }

    fn arn<'a>(&'a self, resource: Resource<'a>) -> Arn<'a> {
        Arn { partition: &self.partition, region: &self.region, account: &self.account, resource }
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revision").field("id", &self.id).field("of", &self.machine_arn).finish()
    }
}

/// A published version.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its number, from 1.
    pub number: i64,
    /// What it publishes.
    pub revision: Arc<Revision>,
    /// Its description.
    pub description: Option<SmolStr>,
    /// `creationDate`
    pub created: Timestamp,
}

/// An alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Its name.
    pub name: SmolStr,
    /// Its description.
    pub description: Option<SmolStr>,
    /// Where it leads: one or two versions with weights that sum to 100.
    pub routing: Vec<Route>,
    /// `creationDate`
    pub created: Timestamp,
    /// `updateDate`
    pub updated: Timestamp,
}

/// One version that an alias leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The version's number.
    pub version: i64,
    /// The share of executions that it gets, in percent.
    pub weight: i64,
}

impl Alias {
    /// The version for an execution that drew `percent`, a number from 0 to 99.
    pub fn choose(&self, percent: i64) -> Option<i64> {
        let mut below = 0;
        self.routing.iter().find_map(|route| {
            below += route.weight;
            (percent < below).then_some(route.version)
        })
    }
}
