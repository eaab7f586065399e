//! What a check is told: the machine's type, how strict to be, and which resources exist.

use std::ops::Range;

use value::json::Node;

use crate::program::QueryLanguage;
use crate::resource::Resource;

/// How to check a definition.
#[derive(Clone, Copy)]
pub struct Options<'r> {
    /// The machine's type is `EXPRESS`.
    pub express: bool,
    /// Refuse what AWS refuses, even where Stepwell could run it.
    pub strict: bool,
    /// Accept what a deployment tool has yet to fill in: `${Name}` in any string, and objects such
    /// as `{"Ref": …}` or `{"Fn::Sub": …}` in place of a string. In the program a number or path
    /// that is yet to be filled in counts as absent (a Wait as 0 seconds), an enumerated value as
    /// the first one allowed, an expression that does not parse as the string that it is.
    pub placeholders: bool,
    /// Which resources exist.
    pub resources: &'r dyn Resources,
}

impl<'r> Options<'r> {
    /// A Standard machine, checked as `CreateStateMachine` does.
    pub fn new(resources: &'r dyn Resources) -> Self {
        Self { express: false, strict: false, placeholders: false, resources }
    }

    /// As [`Options::new`], with placeholders: for files before their deployment.
    pub fn template(resources: &'r dyn Resources) -> Self {
        Self { placeholders: true, ..Self::new(resources) }
    }
}

/// What is known of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognition {
    /// It can be called.
    Known,
    /// Stepwell can call it, AWS refuses it; the sentence says what AWS has instead.
    KnownNotOnAws(String),
    /// Nobody knows it.
    Unknown,
}

/// A fault of a Task's `Parameters` or `Arguments`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterFault {
    /// AWS's text.
    pub message: String,
    /// Where, relative to the state: `/Parameters`, `/Resource`.
    pub location_suffix: String,
    /// The bytes of the definition that it is about; `None` for the `Resource`.
    pub span: Option<Range<usize>>,
}

/// Which resources exist and what they ask for; implemented by the table of connectors.
pub trait Resources {
    /// Whether `resource` can be called.
    fn recognise(&self, resource: &Resource, strict: bool) -> Recognition;

    /// What is wrong with the parameters of a call of `resource`.
    fn check_parameters(
        &self,
        resource: &Resource,
        parameters: Option<&Node>,
        query_language: QueryLanguage,
    ) -> Vec<ParameterFault>;
}

/// Every resource exists and takes any parameters.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyResource;

impl Resources for AnyResource {
    fn recognise(&self, _: &Resource, _: bool) -> Recognition {
        Recognition::Known
    }

    fn check_parameters(
        &self,
        _: &Resource,
        _: Option<&Node>,
        _: QueryLanguage,
    ) -> Vec<ParameterFault> {
        Vec::new()
    }
}
