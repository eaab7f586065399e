//! Why the catalogue did not do what was asked.

use smol_str::SmolStr;

/// Why the catalogue did not do what was asked; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name is taken by a state machine with other content.
    #[error("state machine exists: {0}")]
    StateMachineAlreadyExists(SmolStr),
    /// The state machine is being deleted.
    #[error("state machine is being deleted: {0}")]
    StateMachineDeleting(SmolStr),
    /// There is no such state machine.
    #[error("there is no state machine {0}")]
    StateMachineDoesNotExist(SmolStr),
    /// The account has as many state machines as it may.
    #[error("too many state machines")]
    StateMachineLimitExceeded,
    /// The revision to publish is not the current one.
    #[error("revision {given} is not the current one, {current}")]
    NotTheCurrentRevision {
        /// The revision that was named.
        given: SmolStr,
        /// The one that is current.
        current: SmolStr,
    },
    /// The state machine has as many versions or aliases as it may.
    #[error("too many {0}")]
    QuotaExceeded(&'static str),
    /// An alias of that name routes elsewhere.
    #[error("the alias exists with another configuration")]
    AliasAlreadyExists,
    /// Aliases route to the version that was to be deleted.
    #[error("the version is used by aliases")]
    VersionInUse(Vec<SmolStr>),
    /// There is no such alias or version.
    #[error("there is no such alias or version")]
    ResourceNotFound,
    /// An activity of that name exists with another encryption.
    #[error("activity exists: {0}")]
    ActivityAlreadyExists(SmolStr),
    /// The account has as many activities as it may.
    #[error("too many activities")]
    ActivityLimitExceeded,
    /// There is nothing to tag at that ARN.
    #[error("there is no resource {0}")]
    NothingToTag(SmolStr),
    /// The resource would have more tags than it may.
    #[error("too many tags for {0}")]
    TooManyTags(SmolStr),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
}
