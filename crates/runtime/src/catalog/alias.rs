//! Aliases: creating, changing and deleting them.

use std::sync::Arc;

use smol_str::SmolStr;
use store::{Kind, Write};
use value::Timestamp;

use super::{Alias, Catalog, Error, Machine, Route, document, limits};

impl Catalog {
    /// Creates an alias, or returns the one that the same call created before.
    ///
    /// # Errors
    /// There is no such machine or version, an alias of that name differs, there are too many, or
    /// the store failed.
    pub async fn create_alias(
        &self,
        machine_arn: &str,
        name: SmolStr,
        description: Option<SmolStr>,
        routing: Vec<Route>,
        now: Timestamp,
    ) -> Result<(Arc<Machine>, Arc<Alias>), Error> {
        let writing = self.write().await;
        let machine = self.live_machine(machine_arn).map_err(missing_is_not_found)?;
        check_routes(&machine, &routing)?;
        if let Some(existing) = machine.aliases.get(&name) {
            let same = existing.description == description && existing.routing == routing;
            let existing = Arc::clone(existing);
            return if same { Ok((machine, existing)) } else { Err(Error::AliasAlreadyExists) };
        }
        if machine.aliases.len() >= limits::ALIASES {
            return Err(Error::QuotaExceeded("aliases"));
        }
        let alias = Arc::new(Alias { name, description, routing, created: now, updated: now });
        let machine = with_alias(&machine, &alias);
        let write = document::put_alias(machine.id, &alias);
        let shown = Arc::clone(&machine);
        writing.commit(vec![write], move |state| state.put_machine(shown)).await?;
        Ok((machine, alias))
    }

    /// Changes an alias; what is `None` stays.
    ///
    /// # Errors
    /// There is no such alias or version, the machine is being deleted, or the store failed.
    pub async fn update_alias(
        &self,
        machine_arn: &str,
        name: &str,
        description: Option<SmolStr>,
        routing: Option<Vec<Route>>,
        now: Timestamp,
    ) -> Result<Arc<Alias>, Error> {
        let writing = self.write().await;
        let machine = self.live_machine(machine_arn).map_err(missing_is_not_found)?;
        let old = machine.aliases.get(name).ok_or(Error::ResourceNotFound)?;
        if let Some(routing) = &routing {
            check_routes(&machine, routing)?;
        }
        let alias = Arc::new(Alias {
            name: old.name.clone(),
            description: description.or_else(|| old.description.clone()),
            routing: routing.unwrap_or_else(|| old.routing.clone()),
            created: old.created,
            updated: now,
        });
        let machine = with_alias(&machine, &alias);
        let write = document::put_alias(machine.id, &alias);
        writing.commit(vec![write], move |state| state.put_machine(machine)).await?;
        Ok(alias)
    }

    /// Deletes an alias; nothing happens if the machine has none of that name.
    ///
    /// # Errors
    /// There is no such machine, or the store failed.
    pub async fn delete_alias(&self, machine_arn: &str, name: &str) -> Result<(), Error> {
        let writing = self.write().await;
        let machine = self.machine(machine_arn).ok_or(Error::ResourceNotFound)?;
        if !machine.aliases.contains_key(name) {
            return Ok(());
        }
        let key = document::alias_key(machine.id, name);
        let mut machine = Machine::clone(&machine);
        Arc::make_mut(&mut machine.aliases).remove(name);
        let write = Write::DeleteDocument { kind: Kind::Alias, key };
        writing.commit(vec![write], move |state| state.put_machine(Arc::new(machine))).await
    }
}

/// AWS names no state machine in what alias operations refuse.
fn missing_is_not_found(error: Error) -> Error {
    match error {
        Error::StateMachineDoesNotExist(_) => Error::ResourceNotFound,
        other => other,
    }
}

fn check_routes(machine: &Machine, routing: &[Route]) -> Result<(), Error> {
    let known = |route: &Route| machine.versions.contains_key(&route.version);
    if routing.iter().all(known) { Ok(()) } else { Err(Error::ResourceNotFound) }
}

fn with_alias(machine: &Machine, alias: &Arc<Alias>) -> Arc<Machine> {
    let mut machine = machine.clone();
    Arc::make_mut(&mut machine.aliases).insert(alias.name.clone(), Arc::clone(alias));
    Arc::new(machine)
}
