//! Every error the API answers, and the one place where each becomes AWS's code, text and members.

use smol_str::SmolStr;

use crate::json::ObjectWriter;

/// An error in AWS's terms.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Error {
    ActivityAlreadyExists(SmolStr),
    ActivityDoesNotExist(SmolStr),
    ActivityLimitExceeded,
    ActivityWorkerLimitExceeded,
    AliasConflict,
    ExecutionAlreadyExists(SmolStr),
    ExecutionDoesNotExist(SmolStr),
    /// With AWS's reason.
    ExecutionNotRedrivable(String),
    InvalidArn(String),
    InvalidRoleArn(SmolStr),
    InvalidDefinition(String),
    InvalidEncryptionConfiguration(&'static str),
    InvalidExecutionInput(String),
    InvalidLoggingConfiguration(&'static str),
    InvalidName(SmolStr),
    InvalidOutput(String),
    InvalidToken,
    LabeledArn(&'static str),
    /// A Map Run that has ended is not changed any more.
    MapRunCompleted,
    MissingRequiredParameter,
    /// One of several members must be there; with AWS's reason.
    MissingMember(&'static str),
    PublishConflict {
        given: SmolStr,
        current: SmolStr,
    },
    ResourceNotFound,
    /// What was to be tagged is not there.
    NothingToTag(SmolStr),
    InvalidRouting(String),
    ServiceQuotaExceeded(&'static str),
    StateMachineAlreadyExists(SmolStr),
    StateMachineDeleting(SmolStr),
    StateMachineDoesNotExist(SmolStr),
    StateMachineLimitExceeded,
    StateMachineTypeNotSupported,
    ReservedTagKey,
    TaskDoesNotExist,
    TaskTimedOut,
    TooManyTags(SmolStr),
    /// A rule of an operation is violated.
    Validation(&'static str),
    VersionInUse(Vec<SmolStr>),
    /// A test of a state does not fit the state.
    InvalidTest(String),
    /// A state that cannot be tested by itself.
    UntestableState(&'static str),
    /// Constraints of the model are violated; the text names them.
    Constraint(String),
    /// A value of a wrong JSON type, or no JSON at all.
    Serialization(String),
    UnknownOperation(String),
    /// A request that a page of another origin could have sent.
    Forbidden(&'static str),
    /// The request is larger than is read.
    RequestTooLarge,
    /// The server is stopping.
    Unavailable,
    /// Nothing was done; the text is for the server's log.
    Internal(String),
}

/// Where AWS's model of an error stands; clients read only the part after the `#`.
const MODELLED: &str = "com.amazonaws.swf.service.v2.model";
const FRAMEWORK: &str = "com.amazon.coral.service";
const VALIDATOR: &str = "com.amazon.coral.validate";

impl Error {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::RequestTooLarge => 413,
            Self::Forbidden(_) => 403,
            Self::Internal(_) => 500,
            Self::Unavailable => 503,
            _ => 400,
        }
    }

    /// The error code.
    pub fn code(&self) -> &'static str {
        self.name().1
    }

    fn name(&self) -> (&'static str, &'static str) {
        let modelled = match self {
            Self::Constraint(_) => return (VALIDATOR, "ValidationException"),
            Self::Serialization(_) => return (FRAMEWORK, "SerializationException"),
            Self::UnknownOperation(_) => return (FRAMEWORK, "UnknownOperationException"),
            Self::RequestTooLarge => return (FRAMEWORK, "RequestEntityTooLargeException"),
            Self::Unavailable => return (FRAMEWORK, "ServiceUnavailableException"),
            Self::Internal(_) => return (FRAMEWORK, "InternalFailure"),
            // Measured: a reserved key is not a matter of TooManyTags or ValidationException.
            Self::ReservedTagKey | Self::Forbidden(_) => {
                return (FRAMEWORK, "AccessDeniedException");
            }
            Self::ActivityAlreadyExists(_) => "ActivityAlreadyExists",
            Self::ActivityDoesNotExist(_) => "ActivityDoesNotExist",
            Self::ActivityLimitExceeded => "ActivityLimitExceeded",
            Self::ActivityWorkerLimitExceeded => "ActivityWorkerLimitExceeded",
            Self::AliasConflict | Self::PublishConflict { .. } | Self::VersionInUse(_) => {
                "ConflictException"
            }
            Self::ExecutionAlreadyExists(_) => "ExecutionAlreadyExists",
            Self::ExecutionDoesNotExist(_) => "ExecutionDoesNotExist",
            Self::ExecutionNotRedrivable(_) => "ExecutionNotRedrivable",
            Self::InvalidArn(_) | Self::InvalidRoleArn(_) => "InvalidArn",
            Self::InvalidDefinition(_) | Self::UntestableState(_) => "InvalidDefinition",
            Self::InvalidEncryptionConfiguration(_) => "InvalidEncryptionConfiguration",
            Self::InvalidExecutionInput(_) => "InvalidExecutionInput",
            Self::InvalidLoggingConfiguration(_) => "InvalidLoggingConfiguration",
            Self::InvalidName(_) => "InvalidName",
            Self::InvalidOutput(_) => "InvalidOutput",
            Self::InvalidToken => "InvalidToken",
            Self::MissingRequiredParameter => "MissingRequiredParameter",
            Self::ResourceNotFound | Self::NothingToTag(_) => "ResourceNotFound",
            Self::ServiceQuotaExceeded(_) => "ServiceQuotaExceededException",
            Self::StateMachineAlreadyExists(_) => "StateMachineAlreadyExists",
            Self::StateMachineDeleting(_) => "StateMachineDeleting",
            Self::StateMachineDoesNotExist(_) => "StateMachineDoesNotExist",
            Self::StateMachineLimitExceeded => "StateMachineLimitExceeded",
            Self::StateMachineTypeNotSupported => "StateMachineTypeNotSupported",
            Self::TaskDoesNotExist => "TaskDoesNotExist",
            Self::TaskTimedOut => "TaskTimedOut",
            Self::TooManyTags(_) => "TooManyTags",
            Self::LabeledArn(_)
            | Self::MapRunCompleted
            | Self::MissingMember(_)
            | Self::Validation(_)
            | Self::InvalidTest(_)
            | Self::InvalidRouting(_) => "ValidationException",
        };
        (MODELLED, modelled)
    }

    /// AWS's text.
    pub fn message(&self) -> String {
        match self {
            Self::ActivityAlreadyExists(arn) => format!("Activity Already Exists: '{arn}'"),
            Self::ActivityDoesNotExist(arn) => format!("Activity Does Not Exist: '{arn}'"),
            Self::ActivityLimitExceeded => "Activity limit exceeded".into(),
            Self::ActivityWorkerLimitExceeded => "Activity worker limit exceeded".into(),
            Self::AliasConflict => {
                "Failed to create alias because an alias with the same name and \
                a different routing configuration already exists."
                    .into()
            }
            Self::ExecutionAlreadyExists(arn) => {
                runtime::Error::AlreadyExists(arn.clone()).to_string()
            }
            Self::ExecutionDoesNotExist(arn) => format!("Execution Does Not Exist: '{arn}'"),
            Self::InvalidArn(why) => format!("Invalid Arn: '{why}'"),
            Self::InvalidRoleArn(arn) => format!("Invalid Role Arn: '{arn}'"),
            Self::InvalidDefinition(why) => format!("Invalid State Machine Definition: '{why}'"),
            Self::InvalidEncryptionConfiguration(why) => {
                format!("Invalid Encryption Configuration: {why}")
            }
            Self::InvalidExecutionInput(why) => {
                format!("Invalid State Machine Execution Input: '{why}'")
            }
            Self::InvalidLoggingConfiguration(why) => {
                format!("Invalid Logging Configuration: {why}")
            }
            Self::InvalidName(name) => format!("Invalid Name: '{name}'"),
            Self::InvalidOutput(why) => format!("Invalid Output: '{why}'"),
            Self::InvalidToken => "Invalid Token: 'Invalid token'".into(),
            Self::MapRunCompleted => "A completed Map Run cannot be updated.".into(),
            Self::MissingRequiredParameter => "Either the definition, the role ARN, the \
                LoggingConfiguration, or the TracingConfiguration must be specified"
                .into(),
            Self::PublishConflict { given, current } => format!(
                "Failed to publish the State Machine version for revision {given}. \
                 The current State Machine revision is {current}."
            ),
            Self::ResourceNotFound => "Request references a resource that does not exist.".into(),
            Self::NothingToTag(arn) => format!("Resource not found: '{arn}'"),
            Self::ServiceQuotaExceeded(what) => {
                format!("The maximum number of {what} of a state machine has been reached.")
            }
            Self::StateMachineAlreadyExists(arn) => {
                format!("State Machine Already Exists: '{arn}'")
            }
            Self::StateMachineDeleting(arn) => format!("State Machine is being deleted: '{arn}'"),
            Self::StateMachineDoesNotExist(arn) => format!("State Machine Does Not Exist: '{arn}'"),
            Self::StateMachineLimitExceeded => "State Machine limit exceeded".into(),
            Self::StateMachineTypeNotSupported => {
                "This operation is not supported by this type of state machine".into()
            }
            Self::ReservedTagKey => {
                "'aws:' prefixed tag key names are not allowed for external use.".into()
            }
            Self::TaskDoesNotExist => "Task Does Not Exist: 'Provided task does not exist'".into(),
            Self::TaskTimedOut => "Task Timed Out: 'Provided task does not exist anymore'".into(),
            Self::TooManyTags(arn) => format!("Too many tags for resource: '{arn}'"),
            Self::VersionInUse(aliases) => format!(
                "Version to be deleted must not be referenced by an alias. \
                 Current list of aliases referencing this version: [{}]",
                aliases.join(", ")
            ),
            Self::Forbidden(text)
            | Self::LabeledArn(text)
            | Self::MissingMember(text)
            | Self::UntestableState(text)
            | Self::Validation(text) => (*text).into(),
            Self::InvalidRouting(text)
            | Self::InvalidTest(text)
            | Self::ExecutionNotRedrivable(text)
            | Self::Constraint(text)
            | Self::Serialization(text)
            | Self::UnknownOperation(text) => text.clone(),
            Self::RequestTooLarge => "The request is too large.".into(),
            Self::Unavailable => "The server is stopping.".into(),
            Self::Internal(_) => {
                "The request processing has failed because of an unknown error.".into()
            }
        }
    }

    /// The body: `__type`, `message` and whatever members the error has besides.
    pub fn body(&self) -> String {
        let (namespace, code) = self.name();
        let mut body = ObjectWriter::new();
        body.text("__type", &format!("{namespace}#{code}"));
        body.text("message", &self.message());
        match self {
            Self::LabeledArn(_) => body.text("reason", "API_DOES_NOT_SUPPORT_LABELED_ARNS"),
            Self::MapRunCompleted => body.text("reason", "CANNOT_UPDATE_COMPLETED_MAP_RUN"),
            Self::MissingMember(_) => body.text("reason", "MISSING_REQUIRED_PARAMETER"),
            Self::InvalidRouting(_) => body.text("reason", "INVALID_ROUTING_CONFIGURATION"),
            Self::NothingToTag(arn) | Self::TooManyTags(arn) => body.text("resourceName", arn),
            _ => {}
        }
        body.finish()
    }
}

impl From<runtime::catalog::Error> for Error {
    fn from(error: runtime::catalog::Error) -> Self {
        use runtime::catalog::Error as Catalog;
        match error {
            Catalog::StateMachineAlreadyExists(arn) => Self::StateMachineAlreadyExists(arn),
            Catalog::StateMachineDeleting(arn) => Self::StateMachineDeleting(arn),
            Catalog::StateMachineDoesNotExist(arn) => Self::StateMachineDoesNotExist(arn),
            Catalog::StateMachineLimitExceeded => Self::StateMachineLimitExceeded,
            Catalog::NotTheCurrentRevision { given, current } => {
                Self::PublishConflict { given, current }
            }
            Catalog::QuotaExceeded(what) => Self::ServiceQuotaExceeded(what),
            Catalog::AliasAlreadyExists => Self::AliasConflict,
            Catalog::VersionInUse(aliases) => Self::VersionInUse(aliases),
            Catalog::ResourceNotFound => Self::ResourceNotFound,
            Catalog::ActivityAlreadyExists(arn) => Self::ActivityAlreadyExists(arn),
            Catalog::ActivityLimitExceeded => Self::ActivityLimitExceeded,
            Catalog::NothingToTag(arn) => Self::NothingToTag(arn),
            Catalog::TooManyTags(arn) => Self::TooManyTags(arn),
            Catalog::Store(error) => Self::Internal(error.to_string()),
            Catalog::Stopping => Self::Unavailable,
        }
    }
}

impl From<runtime::arn::ArnError> for Error {
    fn from(error: runtime::arn::ArnError) -> Self {
        Self::InvalidArn(error.to_string())
    }
}

/// Of executions. `DoesNotExist` names no ARN: operations that can meet it map it themselves.
impl From<runtime::Error> for Error {
    fn from(error: runtime::Error) -> Self {
        match error {
            runtime::Error::AlreadyExists(arn) => Self::ExecutionAlreadyExists(arn),
            runtime::Error::DoesNotExist => Self::ExecutionDoesNotExist(SmolStr::default()),
            runtime::Error::InvalidToken => Self::InvalidToken,
            runtime::Error::TestCase(reason) => Self::Constraint(reason),
            runtime::Error::TaskTimedOut => Self::TaskTimedOut,
            runtime::Error::TaskDoesNotExist => Self::TaskDoesNotExist,
            runtime::Error::Store(error) => Self::Internal(error.to_string()),
            runtime::Error::Stopping => Self::Unavailable,
            error @ (runtime::Error::Running
            | runtime::Error::Unrunnable
            | runtime::Error::Journal(..)) => Self::Internal(error.to_string()),
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Internal(error.to_string())
    }
}
