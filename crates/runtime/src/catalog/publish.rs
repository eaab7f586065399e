//! Versions: publishing and deleting them.

use std::sync::Arc;

use smol_str::SmolStr;
use store::{Kind, Write};
use value::Timestamp;

use super::{Catalog, Error, Machine, Version, document, limits};

/// What names the revision of a state machine that was never updated.
const INITIAL: &str = "INITIAL";

impl Catalog {
    /// Publishes the current revision, or returns the version that publishes it already.
    ///
    /// # Errors
    /// There is no such machine, it is being deleted, `revision_id` is not the current revision,
    /// there are too many versions, or the store failed.
    pub async fn publish(
        &self,
        arn: &str,
        revision_id: Option<&str>,
        description: Option<SmolStr>,
        now: Timestamp,
    ) -> Result<(Arc<Machine>, Arc<Version>), Error> {
        let writing = self.write().await;
        let mut machine = Machine::clone(&*self.live_machine(arn)?);
        let current = machine.current.revision_id.clone().unwrap_or(SmolStr::new_static(INITIAL));
        if let Some(given) = revision_id.filter(|given| *given != current) {
            return Err(Error::NotTheCurrentRevision { given: given.into(), current });
        }
        let mut writes = Vec::new();
        let version = next_version(&mut machine, description, now, &mut writes)?;
        let machine = Arc::new(machine);
        if !writes.is_empty() {
            writes.push(document::put_machine(&machine));
            let published = Arc::clone(&machine);
            writing.commit(writes, move |state| state.put_machine(published)).await?;
        }
        Ok((machine, version))
    }

    /// Deletes a version; nothing happens if there is none. Executions that run it go on.
    ///
    /// # Errors
    /// An alias leads to it, the machine is being deleted, or the store failed.
    pub async fn delete_version(&self, arn: &str, number: i64) -> Result<(), Error> {
        let writing = self.write().await;
        let Some(machine) = self.machine(arn).filter(|it| it.versions.contains_key(&number)) else {
            return Ok(());
        };
        let users: Vec<SmolStr> = machine
            .aliases
            .values()
            .filter(|alias| alias.routing.iter().any(|route| route.version == number))
            .map(|alias| alias.name.clone())
            .collect();
        if !users.is_empty() {
            return Err(Error::VersionInUse(users));
        }
        let key = document::version_key(machine.id, number);
        let mut machine = Machine::clone(&machine);
        Arc::make_mut(&mut machine.versions).remove(&number);
        let write = Write::DeleteDocument { kind: Kind::Version, key };
        writing.commit(vec![write], move |state| state.put_machine(Arc::new(machine))).await
    }
}

/// The version of `machine`'s current revision: the one it has, or a new one that is added to it
/// and to `writes`.
pub(super) fn next_version(
    machine: &mut Machine,
    description: Option<SmolStr>,
    now: Timestamp,
    writes: &mut Vec<Write>,
) -> Result<Arc<Version>, Error> {
    if let Some(version) = machine.version_of(machine.current.id) {
        return Ok(Arc::clone(version));
    }
    if machine.versions.len() >= limits::VERSIONS {
        return Err(Error::QuotaExceeded("versions"));
    }
    let number = machine.next_version;
    machine.next_version += 1;
    let revision = Arc::clone(&machine.current);
    let version = Arc::new(Version { number, revision, description, created: now });
    Arc::make_mut(&mut machine.versions).insert(number, Arc::clone(&version));
    writes.push(document::put_version(machine.id, &version));
    Ok(version)
}
