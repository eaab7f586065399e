//! How the catalogue's parts are written down: JSON documents, one per part.
//!
//! Fields may be added; what is there never changes its meaning, for data directories outlive
//! releases.

use std::fmt::Write as _;
use std::sync::Arc;

use smol_str::{SmolStr, ToSmolStr};
use store::{Kind, Write};
use value::{Object, Timestamp, Value};

use super::{
    Activity, Alias, Encryption, LogLevel, Logging, Machine, MachineType, Revision, Route, Tags,
    Version,
};

/// The key of a state machine's or a revision's document; sorts by number.
pub(super) fn machine_key(id: i64) -> String {
    format!("{id:019}")
}

/// The key of a version's document.
pub(super) fn version_key(machine: i64, number: i64) -> String {
    format!("{machine:019}/{number:019}")
}

/// The key of an alias's document.
pub(super) fn alias_key(machine: i64, name: &str) -> String {
    format!("{machine:019}/{name}")
}

/// The number of the machine in a version's or an alias's key, and what follows it.
pub(super) fn split_key(key: &str) -> Option<(i64, &str)> {
    let (machine, rest) = key.split_once('/')?;
    Some((machine.parse().ok()?, rest))
}

fn put(kind: Kind, key: String, fields: Object) -> Write {
    Write::PutDocument { kind, key, body: Value::from(fields).to_json().into_bytes() }
}

/// Builds the fields of a document; what is absent is left out.
#[derive(Default)]
struct Fields(Object);

impl Fields {
    fn text(mut self, key: &'static str, text: impl AsRef<str>) -> Self {
        self.0.insert(key, Value::string(text));
        self
    }

    fn maybe(self, key: &'static str, text: Option<impl AsRef<str>>) -> Self {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    fn int(mut self, key: &'static str, int: i64) -> Self {
        self.0.insert(key, Value::Int(int));
        self
    }

    fn flag(mut self, key: &'static str, flag: bool) -> Self {
        if flag {
            self.0.insert(key, Value::Bool(true));
        }
        self
    }

    fn value(mut self, key: &'static str, value: Value) -> Self {
        self.0.insert(key, value);
        self
    }
}

pub(super) fn put_machine(machine: &Machine) -> Write {
    let published = machine.published_on_creation.as_ref();
    let fields = Fields::default()
        .text("arn", &machine.arn)
        .text("name", &machine.name)
        .int("created", machine.created.0)
        .int("revision", machine.current.id)
        .int("nextVersion", machine.next_version)
        .flag("deleting", machine.deleting)
        .flag("publishedOnCreation", published.is_some())
        .maybe("descriptionOnCreation", published.and_then(Option::as_ref));
    put(Kind::StateMachine, machine_key(machine.id), fields.0)
}

pub(super) fn put_revision(revision: &Revision) -> Write {
    let fields = Fields::default()
        .int("machine", revision.machine)
        .text("arn", &revision.machine_arn)
        .text("type", revision.machine_type.name())
        .text("role", &revision.role_arn)
        .int("created", revision.created.0)
        .maybe("revisionId", revision.revision_id.as_ref())
        .maybe("label", revision.label.as_ref())
        .value("logging", logging(&revision.logging))
        .flag("tracing", revision.tracing)
        .value("encryption", encryption(&revision.encryption))
        .maybe("variableReferences", revision.variable_references.as_ref())
        .text("definition", &revision.definition);
    put(Kind::Revision, machine_key(revision.id), fields.0)
}

pub(super) fn put_version(machine: i64, version: &Version) -> Write {
    let fields = Fields::default()
        .int("revision", version.revision.id)
        .int("created", version.created.0)
        .maybe("description", version.description.as_ref());
    put(Kind::Version, version_key(machine, version.number), fields.0)
}

pub(super) fn put_alias(machine: i64, alias: &Alias) -> Write {
    let route = |route: &Route| Value::array(vec![route.version.into(), route.weight.into()]);
    let fields = Fields::default()
        .int("created", alias.created.0)
        .int("updated", alias.updated.0)
        .maybe("description", alias.description.as_ref())
        .value("routing", Value::array(alias.routing.iter().map(route).collect()));
    put(Kind::Alias, alias_key(machine, &alias.name), fields.0)
}

pub(super) fn put_activity(activity: &Activity) -> Write {
    let fields = Fields::default()
        .text("name", &activity.name)
        .int("created", activity.created.0)
        .value("encryption", encryption(&activity.encryption));
    put(Kind::Activity, activity.arn.to_string(), fields.0)
}

pub(super) fn put_tags(arn: &str, tags: &Tags) -> Write {
    let fields = tags.iter().map(|(key, value)| (key.clone(), Value::String(value.clone())));
    put(Kind::Tags, arn.to_owned(), fields.collect())
}

pub(super) fn put_secret(key: &str, secret: [u8; 16]) -> Write {
    let mut hex = String::with_capacity(2 * secret.len());
    for byte in secret {
        // Writing to a `String` cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    Write::PutDocument { kind: Kind::Meta, key: key.to_owned(), body: hex.into_bytes() }
}

pub(super) fn secret(body: &[u8]) -> Option<[u8; 16]> {
    let number = u128::from_str_radix(std::str::from_utf8(body).ok()?, 16).ok()?;
    Some(number.to_be_bytes())
}

fn logging(logging: &Logging) -> Value {
    let destinations = logging.destinations.as_ref();
    let mut fields = Fields::default()
        .text("level", logging.level.name())
        .flag("includeExecutionData", logging.include_execution_data);
    if let Some(arns) = destinations {
        let arns = arns.iter().cloned().map(Value::String).collect();
        fields = fields.value("destinations", Value::array(arns));
    }
    fields.0.into()
}

fn encryption(encryption: &Encryption) -> Value {
    if *encryption == Encryption::Unset {
        return Value::empty_object();
    }
    let fields = Fields::default().text("type", encryption.type_name());
    let fields = match encryption {
        Encryption::Unset | Encryption::AwsOwnedKey => fields,
        Encryption::CustomerManagedKey { kms_key_id, reuse_seconds } => {
            fields.text("key", kms_key_id).int("reuseSeconds", i64::from(*reuse_seconds))
        }
    };
    fields.0.into()
}

/// A document read back. What is missing or of the wrong type makes the whole unreadable.
pub(super) struct Document(Value);

impl Document {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        value::json::parse(text).ok().filter(|value| value.as_object().is_some()).map(Self)
    }

    pub(super) fn text(&self, key: &str) -> Option<SmolStr> {
        self.0.get(key)?.as_str().map(SmolStr::new)
    }

    pub(super) fn shared_text(&self, key: &str) -> Option<Arc<str>> {
        self.0.get(key)?.as_str().map(Arc::from)
    }

    pub(super) fn int(&self, key: &str) -> Option<i64> {
        self.0.get(key)?.as_i64()
    }

    pub(super) fn time(&self, key: &str) -> Option<Timestamp> {
        self.int(key).map(Timestamp)
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(super) fn machine_type(&self) -> Option<MachineType> {
        MachineType::from_name(self.0.get("type")?.as_str()?)
    }

    pub(super) fn logging(&self) -> Option<Logging> {
        let logging = self.0.get("logging")?;
        let include = logging.get("includeExecutionData").and_then(Value::as_bool);
        let destinations = match logging.get("destinations") {
            Some(arns) => Some(arns.as_array()?.iter().map(text).collect::<Option<Vec<_>>>()?),
            None => None,
        };
        Some(Logging {
            level: LogLevel::from_name(logging.get("level")?.as_str()?)?,
            include_execution_data: include.unwrap_or(false),
            destinations,
        })
    }

    pub(super) fn encryption(&self) -> Option<Encryption> {
        let encryption = self.0.get("encryption")?;
        if encryption.as_object()?.is_empty() {
            return Some(Encryption::Unset);
        }
        if encryption.get("type")?.as_str()? == Encryption::AwsOwnedKey.type_name() {
            return Some(Encryption::AwsOwnedKey);
        }
        Some(Encryption::CustomerManagedKey {
            kms_key_id: text(encryption.get("key")?)?,
            reuse_seconds: u32::try_from(encryption.get("reuseSeconds")?.as_i64()?).ok()?,
        })
    }

    pub(super) fn routing(&self) -> Option<Vec<Route>> {
        let route = |route: &Value| {
            let route = route.as_array()?;
            Some(Route { version: route.first()?.as_i64()?, weight: route.get(1)?.as_i64()? })
        };
        self.0.get("routing")?.as_array()?.iter().map(route).collect()
    }

    pub(super) fn tags(&self) -> Option<Tags> {
        let fields = self.0.as_object()?;
        fields.iter().map(|(key, value)| Some((key.clone(), text(value)?))).collect()
    }
}

fn text(value: &Value) -> Option<SmolStr> {
    value.as_str().map(|text| text.to_smolstr())
}
