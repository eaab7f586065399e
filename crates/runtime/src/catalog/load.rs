//! Reading the catalogue back from the store.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use asl::Resources;
use smol_str::SmolStr;
use store::{Kind, Store};
use tokio::sync::Mutex;

use super::commit::{Commit, Ids};
use super::document::{self, Document};
use super::program::{Compiled, Programs};
use super::{Activity, Alias, Catalog, Inner, Machine, Revision, State, Version};
use crate::arn::{Arn, Resource};

/// The key of the secret among the facts about the store's owner.
const SECRET: &str = "catalog.secret";
/// Documents read at a time.
const PAGE: usize = 1_000;

/// Why the catalogue could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A document is not what it should be.
    #[error("the {kind:?} document {key:?} of the data directory cannot be read")]
    Document {
        /// The kind of document.
        kind: Kind,
        /// Its key.
        key: String,
    },
}

impl Catalog {
    /// Reads the catalogue from `store`. `fresh_secret` becomes the secret of a new store; `strict`
    /// holds for new definitions, not for those that were accepted before.
    ///
    /// # Errors
    /// The store failed, or holds a document that cannot be read.
    pub fn load(
        store: Arc<dyn Store>,
        commit: Arc<dyn Commit>,
        (resources, strict): (Arc<dyn Resources + Send + Sync>, bool),
        fresh_secret: [u8; 16],
    ) -> Result<Self, LoadError> {
        let secret = match store.document(Kind::Meta, SECRET)? {
            Some(body) => document::secret(&body).ok_or_else(|| unreadable(Kind::Meta, SECRET))?,
            None => {
                store.commit(&[document::put_secret(SECRET, fresh_secret)])?;
                fresh_secret
            }
        };
        let programs = Arc::new(Programs::new(resources, strict));
        let (state, ids) = Loader { store: &*store, programs: &programs }.load()?;
        let (state, ids) = (RwLock::new(state), Arc::new(Mutex::new(ids)));
        Ok(Self { inner: Arc::new(Inner { state, ids, store, commit, programs, secret }) })
    }
}

/// The revision numbered `id`, if the store has it.
pub(super) fn revision(
    store: &dyn Store,
    programs: &Arc<Programs>,
    id: i64,
) -> Result<Option<Arc<Revision>>, store::Error> {
    let body = store.document(Kind::Revision, &document::machine_key(id))?;
    Ok(body.and_then(|body| read_revision(id, &body, programs)).map(Arc::new))
}

fn unreadable(kind: Kind, key: &str) -> LoadError {
    LoadError::Document { kind, key: key.to_owned() }
}

struct Loader<'a> {
    store: &'a dyn Store,
    programs: &'a Arc<Programs>,
}

type ByMachine<K, T> = HashMap<i64, BTreeMap<K, Arc<T>>>;

impl Loader<'_> {
    fn load(&self) -> Result<(State, Ids), LoadError> {
        let mut state = State::default();
        let (revisions, mut ids) = self.revisions()?;
        let mut aliases = self.aliases()?;
        let mut versions = self.versions(&revisions, &mut state)?;
        self.each(Kind::StateMachine, |key, body| {
            let (id, document) = (key.parse().ok()?, Document::read(body)?);
            let current = Arc::clone(revisions.get(&document.int("revision")?)?);
            let mut machine = read_machine(id, &document, current)?;
            machine.versions = Arc::new(versions.remove(&id).unwrap_or_default());
            machine.aliases = Arc::new(aliases.remove(&id).unwrap_or_default());
            ids.machine = ids.machine.max(id + 1);
            state.put_machine(Arc::new(machine));
            Some(())
        })?;
        self.each(Kind::Activity, |key, body| {
            let activity = read_activity(key, &Document::read(body)?)?;
            state.activities.insert(activity.arn.clone(), Arc::new(activity));
            Some(())
        })?;
        self.each(Kind::Tags, |key, body| {
            state.tags.insert(key.into(), Arc::new(Document::read(body)?.tags()?));
            Some(())
        })?;
        Ok((state, ids))
    }

    /// Hands every document of a kind to `read`, which answers `None` if it cannot be read.
    fn each(
        &self,
        kind: Kind,
        mut read: impl FnMut(&str, &[u8]) -> Option<()>,
    ) -> Result<(), LoadError> {
        let mut after: Option<String> = None;
        loop {
            let documents = self.store.documents_from(kind, after.as_deref(), "", PAGE)?;
            for (key, body) in &documents {
                read(key, body).ok_or_else(|| unreadable(kind, key))?;
            }
            match documents.into_iter().nth(PAGE - 1) {
                Some((last, _)) => after = Some(last),
                None => return Ok(()),
            }
        }
    }

    /// All revisions, also those that only executions refer to. Their machines' numbers must not
    /// come again while executions carry them.
    fn revisions(&self) -> Result<(HashMap<i64, Arc<Revision>>, Ids), LoadError> {
        let (mut revisions, mut ids) = (HashMap::new(), Ids { machine: 1, revision: 1 });
        self.each(Kind::Revision, |key, body| {
            let revision = read_revision(key.parse().ok()?, body, self.programs)?;
            ids.revision = ids.revision.max(revision.id + 1);
            ids.machine = ids.machine.max(revision.machine + 1);
            revisions.insert(revision.id, Arc::new(revision));
            Some(())
        })?;
        Ok((revisions, ids))
    }

    fn versions(
        &self,
        revisions: &HashMap<i64, Arc<Revision>>,
        state: &mut State,
    ) -> Result<ByMachine<i64, Version>, LoadError> {
        let mut versions = ByMachine::new();
        self.each(Kind::Version, |key, body| {
            let (machine, number) = document::split_key(key)?;
            let (number, document) = (number.parse().ok()?, Document::read(body)?);
            let revision = Arc::clone(revisions.get(&document.int("revision")?)?);
            state.revisions.insert(revision.id, Arc::downgrade(&revision));
            let (description, created) = (document.text("description"), document.time("created")?);
            let version = Version { number, revision, description, created };
            versions.entry(machine).or_default().insert(number, Arc::new(version));
            Some(())
        })?;
        Ok(versions)
    }

    fn aliases(&self) -> Result<ByMachine<SmolStr, Alias>, LoadError> {
        let mut aliases = ByMachine::new();
        self.each(Kind::Alias, |key, body| {
            let (machine, name) = document::split_key(key)?;
            let document = Document::read(body)?;
            let alias = Alias {
                name: name.into(),
                description: document.text("description"),
                routing: document.routing()?,
                created: document.time("created")?,
                updated: document.time("updated")?,
            };
            aliases.entry(machine).or_default().insert(alias.name.clone(), Arc::new(alias));
            Some(())
        })?;
        Ok(aliases)
    }
}

fn read_machine(id: i64, document: &Document, current: Arc<Revision>) -> Option<Machine> {
    let published = document.flag("publishedOnCreation");
    Some(Machine {
        id,
        arn: document.text("arn")?,
        name: document.text("name")?,
        created: document.time("created")?,
        deleting: document.flag("deleting"),
        current,
        next_version: document.int("nextVersion")?,
        versions: Arc::default(),
        aliases: Arc::default(),
        published_on_creation: published.then(|| document.text("descriptionOnCreation")),
    })
}

fn read_revision(id: i64, body: &[u8], programs: &Arc<Programs>) -> Option<Revision> {
    let document = Document::read(body)?;
    let machine_arn = document.text("arn")?;
    let arn = Arn::parse(&machine_arn).ok()?;
    let Resource::StateMachine { name, .. } = arn.resource else { return None };
    Some(Revision {
        id,
        machine: document.int("machine")?,
        name: name.into(),
        partition: arn.partition.into(),
        account: arn.account.into(),
        region: arn.region.into(),
        label: document.text("label"),
        definition: document.shared_text("definition")?,
        role_arn: document.text("role")?,
        machine_type: document.machine_type()?,
        logging: document.logging()?,
        tracing: document.flag("tracing"),
        encryption: document.encryption()?,
        revision_id: document.text("revisionId"),
        created: document.time("created")?,
        variable_references: document.shared_text("variableReferences"),
        compiled: Compiled::default(),
        programs: Arc::clone(programs),
        machine_arn,
    })
}

fn read_activity(arn: &str, document: &Document) -> Option<Activity> {
    let (name, created) = (document.text("name")?, document.time("created")?);
    Some(Activity::new(arn.into(), name, created, document.encryption()?))
}
