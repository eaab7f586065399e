//! The client: calls by name, with credentials found and roles assumed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use smol_str::SmolStr;
use tokio::sync::Mutex;
use value::Value;

use crate::caller::{Caller, Plan, now};
use crate::config::Config;
use crate::credentials::{Chain, Credentials, sts};
use crate::error::CallError;
use crate::http::{Streaming, Transport};
use crate::model::{self, Spelling};

/// An assumed role is assumed anew this long before it expires.
const ROLE_MARGIN_MS: i64 = 5 * 60 * 1000;
/// How many assumed roles are kept.
const MAX_ROLES: usize = 1000;

/// Calls AWS APIs. Its clones share connections, credentials and assumed roles.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    caller: Caller,
    chain: Chain,
    roles: Mutex<HashMap<(SmolStr, SmolStr), Credentials>>,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The service's Step Functions name: `dynamodb`, `sfn`, `cloudwatchlogs`.
    pub service: SmolStr,
    /// The action, with or without a capital: `putItem`.
    pub action: SmolStr,
    /// The parameters.
    pub input: Value,
    /// The body as it is sent, where it is not the JSON of the parameter that stands for it.
    pub body: Option<Bytes>,
    /// How parameters and result are spelled.
    pub spelling: Spelling,
    /// The region, if not the client's.
    pub region: Option<SmolStr>,
    /// The credentials, if not the client's.
    pub credentials: Option<Credentials>,
    /// How long it may take with all its attempts.
    pub timeout: Option<Duration>,
    /// How often it is tried, if not as often as the client tries.
    pub max_attempts: Option<u32>,
}

impl Call {
    /// A call with the client's own region and credentials.
    pub fn new(service: impl Into<SmolStr>, action: impl Into<SmolStr>, input: Value) -> Self {
        Self {
            service: service.into(),
            action: action.into(),
            input,
            body: None,
            spelling: Spelling::Sdk,
            region: None,
            credentials: None,
            timeout: None,
            max_attempts: None,
        }
    }
}

/// What a service answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The result, members in Pascal case and in order, timestamps in ISO-8601.
    pub output: Value,
    /// The HTTP status.
    pub status: u16,
    /// The headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// AWS's id of the request; empty where the server gives none.
    pub request_id: String,
}

impl Client {
    /// A client with these settings.
    pub fn new(config: Config) -> Self {
        Self(Arc::new(Inner {
            caller: Caller::new(config),
            chain: Chain::default(),
            roles: Mutex::default(),
        }))
    }

    /// Calls an action that Step Functions offers.
    pub async fn call(&self, call: Call) -> Result<Answer, CallError> {
        let (plan, credentials) = self.plan(call).await?;
        self.0.caller.invoke(plan, credentials.as_ref()).await
    }

    /// Calls an action that Step Functions offers, and leaves the body of the answer to be read: it
    /// may be longer than memory.
    pub async fn open(&self, call: Call) -> Result<Streaming, CallError> {
        let (plan, credentials) = self.plan(call).await?;
        self.0.caller.open(plan, credentials.as_ref()).await
    }

    /// A call that fits its model, and what it is signed with.
    async fn plan(&self, call: Call) -> Result<(Plan, Option<Credentials>), CallError> {
        let unknown = || CallError::Unknown(format!("{}:{}", call.service, call.action));
        let (service, at) = model::find(&call.service, &call.action).ok_or_else(unknown)?;
        let operation = service.operations.get(at).ok_or_else(unknown)?;
        let faults = model::check(&service, operation, &call.input, call.spelling);
        if !faults.is_empty() {
            return Err(CallError::Invalid(faults));
        }
        let needs_credentials = !operation.unauthenticated;
        let plan = Plan {
            service,
            operation: at,
            input: call.input,
            body: call.body,
            spelling: call.spelling,
            region: call.region,
            timeout: call.timeout,
            max_attempts: call.max_attempts,
        };
        let credentials = match call.credentials {
            Some(credentials) => Some(credentials),
            None if needs_credentials => Some(self.credentials().await?),
            None => None,
        };
        Ok((plan, credentials))
    }

    /// The client's own credentials.
    pub async fn credentials(&self) -> Result<Credentials, CallError> {
        self.0.chain.get(&self.0.caller).await.map_err(CallError::Credentials)
    }

    /// The credentials of a role, assumed with `with` or the client's own and kept until they
    /// are about to expire. A refusal is STS's error.
    pub async fn assume_role(
        &self,
        role: &str,
        session: &str,
        with: Option<&Credentials>,
    ) -> Result<Credentials, CallError> {
        let own = match with {
            Some(credentials) => credentials.clone(),
            None => self.credentials().await?,
        };
        let key = (SmolStr::new(role), own.access_key_id.clone());
        let known = self.0.roles.lock().await.get(&key).cloned();
        if let Some(known) = known.filter(|known| known.lasts(now(), ROLE_MARGIN_MS)) {
            return Ok(known);
        }
        let found = sts::assume_for_task(&self.0.caller, &own, role, session, None).await?;
        let mut roles = self.0.roles.lock().await;
        if roles.len() >= MAX_ROLES {
            let now = now();
            roles.retain(|_, known| known.lasts(now, ROLE_MARGIN_MS));
            if roles.len() >= MAX_ROLES {
                roles.clear();
            }
        }
        roles.insert(key, found.clone());
        Ok(found)
    }

    /// The region of calls that name none.
    pub fn region(&self) -> &SmolStr {
        &self.0.caller.region
    }

    /// The connections, for requests that are not AWS's.
    pub fn transport(&self) -> &Transport {
        &self.0.caller.transport
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.0.caller
    }
}
