//! What a state machine is configured with besides its definition: type, logging, tracing, encryption.

use smol_str::SmolStr;

/// `type`; never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineType {
    /// `STANDARD`
    Standard,
    /// `EXPRESS`
    Express,
}

impl MachineType {
    /// AWS's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }

    /// The type that AWS's word names.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Standard, Self::Express].into_iter().find(|kind| kind.name() == name)
    }
}

/// `loggingConfiguration.level`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LogLevel {
    All,
    Error,
    Fatal,
    #[default]
    Off,
}

impl LogLevel {
    /// AWS's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
            Self::Off => "OFF",
        }
    }

    /// The level that AWS's word names.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::All, Self::Error, Self::Fatal, Self::Off]
            .into_iter()
            .find(|level| level.name() == name)
    }
}

/// `loggingConfiguration`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logging {
    /// Which events are logged.
    pub level: LogLevel,
    /// Whether inputs and outputs are.
    pub include_execution_data: bool,
    /// The ARNs of the log groups. An empty list that was given is shown again, one that was not
    /// given is left out (recorded: `test_incomplete_logging_configuration`).
    pub destinations: Option<Vec<SmolStr>>,
}

/// `encryptionConfiguration`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// Not given: as `AWS_OWNED_KEY`, but not always shown (recorded: `test_create_delete_valid_sm`).
    #[default]
    Unset,
    /// `AWS_OWNED_KEY`
    AwsOwnedKey,
    /// `CUSTOMER_MANAGED_KMS_KEY`
    CustomerManagedKey {
        /// `kmsKeyId`
        kms_key_id: SmolStr,
        /// `kmsDataKeyReusePeriodSeconds`
        reuse_seconds: u32,
    },
}

impl Encryption {
    /// `kmsDataKeyReusePeriodSeconds` when it is not given (API reference).
    pub const DEFAULT_REUSE_SECONDS: u32 = 300;

    /// Whether both mean the same key, given or not.
    pub fn is_same_key(&self, other: &Self) -> bool {
        let is_owned = |it: &Self| matches!(it, Self::Unset | Self::AwsOwnedKey);
        self == other || is_owned(self) && is_owned(other)
    }

    /// AWS's word for the `type`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Unset | Self::AwsOwnedKey => "AWS_OWNED_KEY",
            Self::CustomerManagedKey { .. } => "CUSTOMER_MANAGED_KMS_KEY",
        }
    }
}
