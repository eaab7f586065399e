//! Lifecycles of everything in the catalogue, each seen again after a restart.

use std::sync::Arc;

use asl::AnyResource;
use smol_str::SmolStr;
use store::{Memory, Store, Write};
use value::Timestamp;

use super::*;

/// Commits straight to a store.
struct Direct(Arc<dyn Store>);

impl Commit for Direct {
    fn commit(&self, writes: Vec<Write>) -> CommitFuture {
        let result = self.0.commit(&writes);
        Box::pin(async move { result })
    }
}

struct Fixture {
    store: Arc<dyn Store>,
    catalog: Catalog,
}

const PASS: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
const NOW: Timestamp = Timestamp(1_700_000_000_123);

fn arn(name: &str) -> SmolStr {
    format!("arn:aws:states:us-east-1:123456789012:stateMachine:{name}").into()
}

fn load(store: &Arc<dyn Store>) -> Catalog {
    let commit = Arc::new(Direct(Arc::clone(store)));
    Catalog::load(Arc::clone(store), commit, (Arc::new(AnyResource), false), [7; 16]).unwrap()
}

impl Fixture {
    fn new() -> Self {
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        Self { catalog: load(&store), store }
    }

    /// The same data in a new process.
    fn restarted(&self) -> Self {
        Self { store: Arc::clone(&self.store), catalog: load(&self.store) }
    }

    fn new_machine(&self, name: &str) -> NewMachine {
        let checked = self.catalog.check(PASS, MachineType::Standard);
        NewMachine {
            arn: arn(name),
            name: name.into(),
            partition: "aws".into(),
            account: "123456789012".into(),
            region: "us-east-1".into(),
            definition: PASS.into(),
            program: Arc::new(checked.program.unwrap()),
            role_arn: "arn:aws:iam::123456789012:role/r".into(),
            machine_type: MachineType::Standard,
            logging: Logging { destinations: Some(Vec::new()), ..Logging::default() },
            tracing: true,
            encryption: Encryption::CustomerManagedKey {
                kms_key_id: "k".into(),
                reuse_seconds: 60,
            },
            publish: false,
            version_description: None,
            tags: vec![("a".into(), "1".into())],
        }
    }

    async fn create(&self, name: &str, publish: bool) -> Result<Created, Error> {
        let new = NewMachine { publish, ..self.new_machine(name) };
        self.catalog.create_machine(new, NOW).await
    }

    async fn update(&self, name: &str, role: &str, publish: bool) -> Result<Updated, Error> {
        let changes = Changes { role_arn: Some(role.into()), publish, ..Changes::default() };
        self.catalog.update_machine(&arn(name), changes, "rev".into(), Timestamp(NOW.0 + 1)).await
    }
}

#[tokio::test]
async fn a_machine_is_what_it_was_after_a_restart() {
    let before = Fixture::new();
    let created = before.create("m", true).await.unwrap();
    assert_eq!((created.machine.id, created.version), (1, Some(1)));
    let after = before.restarted();
    let machine = after.catalog.machine(&arn("m")).unwrap();
    let (old, new) = (&created.machine.current, &machine.current);
    assert_eq!(machine.created, NOW);
    assert_eq!(*new.definition, *PASS);
    assert_eq!((&new.logging, new.tracing), (&old.logging, old.tracing));
    assert_eq!((&new.encryption, &new.role_arn), (&old.encryption, &old.role_arn));
    assert_eq!(machine.versions[&1].revision.id, new.id);
    assert_eq!(*after.catalog.tags(&arn("m")), vec![("a".into(), "1".into())]);
    assert!(new.program().is_some());
    assert_eq!(after.catalog.secret(), [7; 16]);
}

#[tokio::test]
async fn creating_again_is_the_same_or_refused() {
    let it = Fixture::new();
    let first = it.create("m", false).await.unwrap();
    let role_differs =
        NewMachine { role_arn: "other".into(), tags: Vec::new(), ..it.new_machine("m") };
    let again = it.catalog.create_machine(role_differs, Timestamp(0)).await.unwrap();
    assert_eq!((again.machine.id, again.machine.created), (first.machine.id, NOW));
    let spaced = NewMachine { definition: format!("{PASS} ").into(), ..it.new_machine("m") };
    let refused = it.catalog.create_machine(spaced, NOW).await;
    assert!(matches!(refused, Err(Error::StateMachineAlreadyExists(_))));
    let refused = it.create("m", true).await;
    assert!(matches!(refused, Err(Error::StateMachineAlreadyExists(_))));
}

#[tokio::test]
async fn updates_make_revisions_only_when_something_changes() {
    let it = Fixture::new();
    let first = it.create("m", false).await.unwrap().machine.current.clone();
    let same = it.update("m", &first.role_arn, false).await.unwrap();
    assert_eq!((same.revision.id, &same.revision.revision_id), (first.id, &None));
    let other = it.update("m", "r2", true).await.unwrap();
    assert_eq!(other.revision.revision_id.as_deref(), Some("rev"));
    assert_eq!(other.version_arn, Some(format!("{}:1", arn("m")).into()));
    let again = it.update("m", "r2", true).await.unwrap();
    assert_eq!(again.version_arn, other.version_arn);
    // An execution may still run the first revision.
    let after = it.restarted();
    assert_eq!(after.catalog.revision(first.id).unwrap().unwrap().role_arn, first.role_arn);
    drop(first);
    assert_eq!(after.catalog.forget_revisions(&[2].into()).await.unwrap(), 0);
    assert_eq!(after.catalog.unused_revisions().unwrap(), [1].into());
    assert_eq!(after.catalog.forget_revisions(&[1, 2].into()).await.unwrap(), 1);
    assert!(after.catalog.revision(1).unwrap().is_none());
}

#[tokio::test]
async fn version_numbers_are_never_used_again() {
    let it = Fixture::new();
    it.create("m", true).await.unwrap();
    it.update("m", "r2", true).await.unwrap();
    it.catalog.delete_version(&arn("m"), 2).await.unwrap();
    it.catalog.delete_version(&arn("m"), 2).await.unwrap();
    let after = it.restarted();
    let (_, version) = after.catalog.publish(&arn("m"), None, None, NOW).await.unwrap();
    assert_eq!(version.number, 3);
    let stale = after.catalog.publish(&arn("m"), Some("INITIAL"), None, NOW).await;
    assert!(matches!(stale, Err(Error::NotTheCurrentRevision { .. })));
}

#[tokio::test]
async fn aliases_hold_their_versions() {
    let it = Fixture::new();
    it.create("m", true).await.unwrap();
    let routing = vec![Route { version: 1, weight: 100 }];
    let machine = arn("m");
    let create = |description: Option<&str>, routing: &Vec<Route>| {
        let description = description.map(SmolStr::new);
        it.catalog.create_alias(&machine, "live".into(), description, routing.clone(), NOW)
    };
    create(None, &routing).await.unwrap();
    create(None, &routing).await.unwrap();
    assert!(matches!(create(Some("d"), &routing).await, Err(Error::AliasAlreadyExists)));
    let unknown = vec![Route { version: 9, weight: 100 }];
    assert!(matches!(create(None, &unknown).await, Err(Error::ResourceNotFound)));
    let held = it.catalog.delete_version(&arn("m"), 1).await;
    assert!(matches!(held, Err(Error::VersionInUse(names)) if names == ["live"]));
    let after = it.restarted();
    let alias = after.catalog.machine(&arn("m")).unwrap().aliases["live"].clone();
    assert_eq!((alias.choose(0), alias.choose(99), alias.choose(100)), (Some(1), Some(1), None));
    after.catalog.delete_alias(&arn("m"), "live").await.unwrap();
    after.catalog.delete_alias(&arn("m"), "live").await.unwrap();
    after.catalog.delete_version(&arn("m"), 1).await.unwrap();
    assert!(after.restarted().catalog.machine(&arn("m")).unwrap().versions.is_empty());
}

#[tokio::test]
async fn a_deleted_machine_stays_until_it_is_removed() {
    let it = Fixture::new();
    let id = it.create("m", true).await.unwrap().machine.id;
    assert!(it.catalog.delete_machine(&arn("other")).await.unwrap().is_none());
    it.catalog.delete_machine(&arn("m")).await.unwrap();
    assert!(matches!(it.create("m", true).await, Err(Error::StateMachineDeleting(_))));
    assert!(matches!(it.update("m", "r", false).await, Err(Error::StateMachineDeleting(_))));
    let after = it.restarted();
    assert_eq!(after.catalog.deleting().len(), 1);
    after.catalog.remove_machine(id).await.unwrap();
    assert!(after.catalog.machine(&arn("m")).is_none());
    assert!(after.catalog.tags(&arn("m")).is_empty());
    // The number does not come again while a revision of it is kept.
    let again = after.restarted().create("m", true).await.unwrap().machine;
    assert!(again.id > id && again.current.id > 1);
}

#[tokio::test]
async fn activities_come_and_go() {
    let it = Fixture::new();
    let arn = SmolStr::new("arn:aws:states:us-east-1:123456789012:activity:a");
    let create = |encryption| {
        it.catalog.create_activity(arn.clone(), "a".into(), encryption, Tags::new(), NOW)
    };
    let first = create(Encryption::AwsOwnedKey).await.unwrap();
    assert!(Arc::ptr_eq(&first, &create(Encryption::AwsOwnedKey).await.unwrap()));
    let other = Encryption::CustomerManagedKey { kms_key_id: "k".into(), reuse_seconds: 300 };
    assert!(matches!(create(other).await, Err(Error::ActivityAlreadyExists(_))));
    let poller = first.poll(1).unwrap();
    assert!(first.poll(1).is_none());
    drop(poller);
    assert!(first.poll(1).is_some());
    assert_eq!(it.restarted().catalog.activity(&arn).unwrap().created, NOW);
    it.catalog.delete_activity(&arn).await.unwrap();
    it.catalog.delete_activity(&arn).await.unwrap();
    assert!(it.restarted().catalog.activity(&arn).is_none());
}

#[tokio::test]
async fn tags_are_merged_and_limited() {
    let it = Fixture::new();
    it.create("m", false).await.unwrap();
    let tag = |key: usize, value: &str| (SmolStr::from(format!("k{key}")), SmolStr::from(value));
    let many: Tags = (0..limits::TAGS - 1).map(|key| tag(key, "x")).collect();
    it.catalog.tag(&arn("m"), &many).await.unwrap();
    it.catalog.tag(&arn("m"), &vec![tag(0, "y")]).await.unwrap();
    let over = it.catalog.tag(&arn("m"), &vec![tag(99, "x")]).await;
    assert!(matches!(over, Err(Error::TooManyTags(_))));
    let nothing = it.catalog.tag(&arn("other"), &many).await;
    assert!(matches!(nothing, Err(Error::NothingToTag(_))));
    let all: Vec<SmolStr> = many.iter().skip(1).map(|(key, _)| key.clone()).collect();
    it.catalog.untag(&arn("m"), &all).await.unwrap();
    let expected: Tags = vec![("a".into(), "1".into()), tag(0, "y")];
    assert_eq!(*it.restarted().catalog.tags(&arn("m")), expected);
}

#[tokio::test]
async fn lists_go_on_after_a_place() {
    let it = Fixture::new();
    for name in ["b", "a", "d", "c"] {
        it.create(name, false).await.unwrap();
    }
    let prefix = arn("");
    let names = |after: Option<&str>| {
        let (machines, more) = it.catalog.machines(&prefix, after, 2);
        (machines.iter().map(|machine| machine.name.to_string()).collect::<Vec<_>>(), more)
    };
    assert_eq!(names(None), (vec!["a".into(), "b".into()], true));
    assert_eq!(names(Some(&arn("b"))), (vec!["c".into(), "d".into()], false));
    assert_eq!(names(Some(&arn("a0"))), (vec!["b".into(), "c".into()], true));
    assert_eq!(it.catalog.machines(&arn("").replace("us-", "eu-"), None, 2).0.len(), 0);
}

#[tokio::test]
async fn programs_are_let_go_when_there_are_many() {
    let it = Fixture::new();
    let first = it.create("m", false).await.unwrap().machine;
    for number in 0..limits::COMPILED_PROGRAMS + 10 {
        it.create(&format!("n{number}"), false).await.unwrap();
    }
    let (machines, _) = it.catalog.machines(&arn("n"), None, usize::MAX);
    let held = machines.iter().filter(|machine| machine.current.compiled.is_held()).count();
    assert!(held <= limits::COMPILED_PROGRAMS, "{held}");
    assert!(first.current.program().is_some());
}
