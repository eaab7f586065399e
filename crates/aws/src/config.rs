//! Where settings come from: what the program passes in, the environment, AWS's shared files.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use smol_str::SmolStr;

use crate::credentials::Credentials;
use crate::http::DEFAULT_TIMEOUT;

mod profile;

pub(crate) use profile::{Profile, Profiles};

/// The region where none is set anywhere.
const DEFAULT_REGION: &str = "us-east-1";

/// How often a call is tried: the SDKs' standard mode.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// The settings of a client.
#[derive(Clone, Debug)]
pub struct Config {
    /// The region of calls that name none.
    pub region: Option<SmolStr>,
    /// The profile of the shared files.
    pub profile: Option<String>,
    /// The address of every service.
    pub endpoint: Option<String>,
    /// The addresses of single services, by Step Functions name (`dynamodb`).
    pub endpoints: HashMap<String, String>,
    /// The credentials of calls that bring none; without them the SDKs' chain is asked.
    pub credentials: Option<Credentials>,
    /// How often a call is tried.
    pub max_attempts: u32,
    /// How long an attempt may take.
    pub timeout: Duration,
    /// The environment variables.
    pub environment: HashMap<String, String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            region: None,
            profile: None,
            endpoint: None,
            endpoints: HashMap::new(),
            credentials: None,
            max_attempts: DEFAULT_MAX_ATTEMPTS,
            timeout: DEFAULT_TIMEOUT,
            environment: HashMap::new(),
        }
    }
}

impl Config {
    /// The settings of this process's environment.
    pub fn from_environment() -> Self {
        let text = |text: std::ffi::OsString| text.into_string().ok();
        let environment =
            std::env::vars_os().filter_map(|(key, value)| Some((text(key)?, text(value)?)));
        let mut config = Self { environment: environment.collect(), ..Self::default() };
        if let Some(attempts) = config.var("AWS_MAX_ATTEMPTS").and_then(|text| text.parse().ok()) {
            config.max_attempts = attempts;
        }
        config
    }

    /// A variable that is set and not empty.
    pub(crate) fn var(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The shared files, read now.
    pub(crate) fn profiles(&self) -> Profiles {
        let home = self.var("HOME").or_else(|| self.var("USERPROFILE")).map(PathBuf::from);
        let file = |variable: &str, name: &str| {
            let path = self.var(variable).map(PathBuf::from);
            path.or_else(|| home.as_ref().map(|home| home.join(".aws").join(name)))
        };
        let name = self.profile.as_deref().or_else(|| self.var("AWS_PROFILE"));
        Profiles::read(
            file("AWS_CONFIG_FILE", "config").as_deref(),
            file("AWS_SHARED_CREDENTIALS_FILE", "credentials").as_deref(),
            name.or_else(|| self.var("AWS_DEFAULT_PROFILE")).unwrap_or("default"),
        )
    }

    /// The region of calls that name none.
    pub(crate) fn region(&self, profiles: &Profiles) -> SmolStr {
        self.region
            .clone()
            .or_else(|| self.var("AWS_REGION").map(SmolStr::new))
            .or_else(|| self.var("AWS_DEFAULT_REGION").map(SmolStr::new))
            .or_else(|| profiles.chosen().get("region").map(SmolStr::new))
            .unwrap_or_else(|| SmolStr::new_static(DEFAULT_REGION))
    }

    /// A setting that is a variable, or else a key of the profile.
    pub(crate) fn setting<'a>(
        &'a self,
        profiles: &'a Profiles,
        variable: &str,
        key: &str,
    ) -> Option<&'a str> {
        self.var(variable).or_else(|| profiles.chosen().get(key))
    }
}
