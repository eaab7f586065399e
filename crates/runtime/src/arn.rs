//! ARNs of Step Functions: taken apart and put together.
//!
//! Does not: look anything up.

use std::fmt::{self, Write};

use smol_str::SmolStr;

/// The service part of every ARN here.
const SERVICE: &str = "states";

/// Room for most ARNs.
const ROOM: usize = 160;

/// An ARN of Step Functions, in parts that borrow from its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'a str,
    /// The region.
    pub region: &'a str,
    /// The account, 12 digits.
    pub account: &'a str,
    /// What it names.
    pub resource: Resource<'a>,
}

/// What an ARN names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource<'a> {
    /// `stateMachine:<name>[/<label>][:<version or alias>][#<test case>]`
    StateMachine {
        /// The machine's name.
        name: &'a str,
        /// The label of a Distributed Map in it.
        label: Option<&'a str>,
        /// A version number or an alias.
        qualifier: Option<&'a str>,
        /// The test case of a Step Functions Local mock file; not a thing of AWS.
        test_case: Option<&'a str>,
    },
    /// `execution:<machine>[/<label>]:<name>`
    Execution {
        /// The machine's name.
        machine: &'a str,
        /// The label, for the child of a Map Run.
        label: Option<&'a str>,
        /// The execution's name.
        name: &'a str,
    },
    /// `express:<machine>[/<label>]:<name>:<id>`
    Express {
        /// The machine's name.
        machine: &'a str,
        /// The label, for the child of a Map Run.
        label: Option<&'a str>,
        /// The execution's name.
        name: &'a str,
        /// The id of this start.
        id: &'a str,
    },
    /// `mapRun:<machine>/<label>:<id>`
    MapRun {
        /// The machine's name.
        machine: &'a str,
        /// The label of the Map.
        label: &'a str,
        /// The id of the run.
        id: &'a str,
    },
    /// `activity:<name>`
    Activity {
        /// The activity's name.
        name: &'a str,
    },
}

impl Resource<'_> {
    /// AWS's name of the resource type, as its messages print it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::StateMachine { .. } => "stateMachine",
            Self::Execution { .. } => "execution",
            Self::Express { .. } => "express",
            Self::MapRun { .. } => "mapRun",
            Self::Activity { .. } => "activity",
        }
    }
}

/// Why a text is no ARN of Step Functions. The texts are what AWS puts into `InvalidArn`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// It does not begin with `arn:` (recorded: `test_describe_execution_invalid_arn`).
    #[error("Invalid ARN prefix: {0}")]
    Prefix(String),
    /// Parts are missing or empty. AWS's text for it is not recorded; this is ours.
    #[error("Invalid ARN: {0}")]
    Form(String),
    /// It names something of another kind (recorded: `test_start_async_describe_history_execution`).
    #[error("Resource type not valid in this context: {0}")]
    ResourceType(String),
}

impl<'a> Arn<'a> {
    /// Takes `text` apart.
    ///
    /// # Errors
    /// It is not an ARN, or none of Step Functions.
    pub fn parse(text: &'a str) -> Result<Self, ArnError> {
        let Some(rest) = text.strip_prefix("arn:") else {
            return Err(ArnError::Prefix(text.into()));
        };
        let form = || ArnError::Form(text.into());
        let mut parts = rest.splitn(5, ':');
        let mut part = || parts.next().filter(|part| !part.is_empty()).ok_or_else(form);
        let (partition, service) = (part()?, part()?);
        let (region, account, rest) = (part()?, part()?, part()?);
        if service != SERVICE {
            return Err(form());
        }
        let (kind, rest) = rest.split_once(':').ok_or_else(form)?;
        let resource = match kind {
            "stateMachine" => state_machine(rest),
            "execution" => execution(rest),
            "express" => express(rest),
            "mapRun" => map_run(rest),
            "activity" => whole(rest).map(|name| Resource::Activity { name }),
            other => return Err(ArnError::ResourceType(other.into())),
        };
        Ok(Self { partition, region, account, resource: resource.ok_or_else(form)? })
    }

    /// Its text.
    pub fn text(&self) -> SmolStr {
        let mut text = String::with_capacity(ROOM);
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{self}");
        text.into()
    }

    /// The same ARN that names `resource`.
    #[must_use]
    pub fn with(self, resource: Resource<'a>) -> Self {
        Self { resource, ..self }
    }

    /// The error that says that this kind of resource is not what a request is about.
    pub fn wrong_type(&self) -> ArnError {
        ArnError::ResourceType(self.resource.type_name().into())
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, region, account, resource } = self;
        // Piece by piece: each start of an execution makes an ARN, and formatting is slow.
        let kind = resource.type_name();
        for part in ["arn:", partition, ":", SERVICE, ":", region, ":", account, ":", kind, ":"] {
            f.write_str(part)?;
        }
        match resource {
            Resource::StateMachine { name, label, qualifier, test_case } => {
                f.write_str(name)?;
                optional(f, "/", *label)?;
                optional(f, ":", *qualifier)?;
                optional(f, "#", *test_case)
            }
            Resource::Execution { machine, label, name } => {
                f.write_str(machine)?;
                optional(f, "/", *label)?;
                optional(f, ":", Some(name))
            }
            Resource::Express { machine, label, name, id } => {
                f.write_str(machine)?;
                optional(f, "/", *label)?;
                optional(f, ":", Some(name))?;
                optional(f, ":", Some(id))
            }
            Resource::MapRun { machine, label, id } => write!(f, "{machine}/{label}:{id}"),
            Resource::Activity { name } => f.write_str(name),
        }
    }
}

/// The partition that a region lies in.
pub fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

fn optional(f: &mut fmt::Formatter<'_>, mark: &str, part: Option<&str>) -> fmt::Result {
    let Some(part) = part else { return Ok(()) };
    f.write_str(mark)?;
    f.write_str(part)
}

fn state_machine(rest: &str) -> Option<Resource<'_>> {
    let (rest, test_case) = match rest.split_once('#') {
        Some((rest, case)) => (rest, Some(whole(case)?)),
        None => (rest, None),
    };
    let (machine, qualifier) = match rest.split_once(':') {
        Some((machine, qualifier)) => (machine, Some(whole(qualifier)?)),
        None => (rest, None),
    };
    let (name, label) = labelled(machine)?;
    Some(Resource::StateMachine { name, label, qualifier, test_case })
}

fn execution(rest: &str) -> Option<Resource<'_>> {
    let (machine, name) = rest.split_once(':')?;
    let (machine, label) = labelled(machine)?;
    Some(Resource::Execution { machine, label, name: whole(name)? })
}

fn express(rest: &str) -> Option<Resource<'_>> {
    let (machine, rest) = rest.split_once(':')?;
    let (name, id) = rest.split_once(':')?;
    let (machine, label) = labelled(machine)?;
    Some(Resource::Express { machine, label, name: non_empty(name)?, id: whole(id)? })
}

fn map_run(rest: &str) -> Option<Resource<'_>> {
    let (machine, id) = rest.split_once(':')?;
    let (machine, label) = labelled(machine)?;
    Some(Resource::MapRun { machine, label: label?, id: whole(id)? })
}

fn labelled(machine: &str) -> Option<(&str, Option<&str>)> {
    match machine.split_once('/') {
        Some((name, label)) => Some((non_empty(name)?, Some(non_empty(label)?))),
        None => Some((non_empty(machine)?, None)),
    }
}

fn non_empty(part: &str) -> Option<&str> {
    (!part.is_empty()).then_some(part)
}

/// A last part: not empty, and no further colon in it.
fn whole(part: &str) -> Option<&str> {
    (!part.is_empty() && !part.contains(':')).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "arn:aws:states:us-east-1:123456789012:";

    #[test]
    fn every_form_comes_out_as_it_went_in() {
        for tail in [
            "stateMachine:m",
            "stateMachine:m:3",
            "stateMachine:m:live",
            "stateMachine:m/label",
            "stateMachine:m#HappyPath",
            "stateMachine:m:live#HappyPath",
            "execution:m:e",
            "execution:m/label:e",
            "express:m:e:1",
            "express:m/label:e:1",
            "mapRun:m/label:1",
            "activity:a.b",
        ] {
            let text = format!("{HEAD}{tail}");
            assert_eq!(Arn::parse(&text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn parts_are_told_apart() {
        let text = format!("{HEAD}stateMachine:m:live#Case");
        let Resource::StateMachine { name, label, qualifier, test_case } =
            Arn::parse(&text).unwrap().resource
        else {
            panic!("{text}")
        };
        assert_eq!((name, label, qualifier, test_case), ("m", None, Some("live"), Some("Case")));
    }

    #[test]
    fn faults_have_the_texts_of_aws() {
        let text = |arn: &str| Arn::parse(arn).unwrap_err().to_string();
        assert_eq!(text("invalid_arn"), "Invalid ARN prefix: invalid_arn");
        let wrong = "Resource type not valid in this context: queue";
        assert_eq!(text(&format!("{HEAD}queue:q")), wrong);
        for arn in [
            "arn:aws:states",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            "arn:aws:states:us-east-1::stateMachine:m",
            &format!("{HEAD}stateMachine:"),
            &format!("{HEAD}stateMachine:m:1:2"),
            &format!("{HEAD}execution:m"),
            &format!("{HEAD}mapRun:m:1"),
        ] {
            assert_eq!(text(arn), format!("Invalid ARN: {arn}"));
        }
    }

    #[test]
    fn partitions_follow_the_region() {
        assert_eq!(partition("eu-west-1"), "aws");
        assert_eq!(partition("cn-north-1"), "aws-cn");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
    }
}
