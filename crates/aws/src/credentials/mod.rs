//! Keys to sign with, and the chain of places where the SDKs look for them.

mod process;
mod profile;
mod remote;
pub(crate) mod sts;

use std::fmt;

use smol_str::SmolStr;
use tokio::sync::Mutex;
use value::Timestamp;

use crate::caller::{Caller, now};

/// Temporary credentials are replaced this long before they expire (as botocore does).
const REFRESH_BEFORE_MS: i64 = 15 * 60 * 1000;
/// Credentials that could not be replaced are used until this long before they expire.
const USE_UNTIL_MS: i64 = 10 * 1000;

/// Keys to sign with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The public half.
    pub access_key_id: SmolStr,
    /// The secret half.
    pub secret_access_key: SmolStr,
    /// What goes with temporary keys.
    pub session_token: Option<SmolStr>,
    /// When temporary keys end.
    pub expires: Option<Timestamp>,
}

impl Credentials {
    /// Keys without an end.
    pub fn new(
        access_key_id: impl Into<SmolStr>,
        secret_access_key: impl Into<SmolStr>,
        session_token: Option<impl Into<SmolStr>>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token: session_token.map(Into::into),
            expires: None,
        }
    }

    /// Whether they last for `margin` milliseconds more.
    pub(crate) fn lasts(&self, now: Timestamp, margin: i64) -> bool {
        self.expires.is_none_or(|end| end.0.saturating_sub(margin) > now.0)
    }
}

/// Shows no secret.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, expires: {:?})", self.access_key_id, self.expires)
    }
}

/// The credentials in use, replaced before they expire.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    cached: Mutex<Option<Credentials>>,
}

impl Chain {
    /// Credentials to sign with now. Of many callers one asks, the others wait for it.
    pub async fn get(&self, caller: &Caller) -> Result<Credentials, String> {
        if let Some(fixed) = &caller.config.credentials {
            return Ok(fixed.clone());
        }
        let mut cached = self.cached.lock().await;
        let now = now();
        if let Some(known) = cached.as_ref().filter(|known| known.lasts(now, REFRESH_BEFORE_MS)) {
            return Ok(known.clone());
        }
        match find(caller).await {
            Ok(found) => Ok(cached.insert(found).clone()),
            Err(error) => match cached.as_ref().filter(|known| known.lasts(now, USE_UNTIL_MS)) {
                Some(known) => Ok(known.clone()),
                None => Err(error),
            },
        }
    }
}

/// Asks each place in the SDKs' order: environment, web identity, profile, container, instance.
async fn find(caller: &Caller) -> Result<Credentials, String> {
    let config = &caller.config;
    if config.profile.is_none()
        && let (Some(id), Some(secret)) =
            (config.var("AWS_ACCESS_KEY_ID"), config.var("AWS_SECRET_ACCESS_KEY"))
    {
        return Ok(Credentials::new(id, secret, config.var("AWS_SESSION_TOKEN")));
    }
    if let (Some(file), Some(role)) =
        (config.var("AWS_WEB_IDENTITY_TOKEN_FILE"), config.var("AWS_ROLE_ARN"))
    {
        let session = config.var("AWS_ROLE_SESSION_NAME");
        return sts::assume_with_web_identity(caller, role, file, session).await;
    }
    if let Some(found) = profile::find(caller).await? {
        return Ok(found);
    }
    if let Some(found) = remote::container(caller).await? {
        return Ok(found);
    }
    if let Some(found) = remote::instance(caller).await? {
        return Ok(found);
    }
    Err("Unable to load credentials from any of the providers in the chain: environment \
         variables, web identity token, profile, container, instance metadata"
        .to_owned())
}

/// What processes, containers and instances answer with.
fn of_document(document: &value::Value, token: &str) -> Option<Credentials> {
    let text = |key: &str| document.get(key).and_then(value::Value::as_str);
    let id = text("AccessKeyId")?;
    let secret = text("SecretAccessKey")?;
    let mut found = Credentials::new(id, secret, text(token));
    found.expires = text("Expiration").and_then(Timestamp::parse);
    Some(found)
}
