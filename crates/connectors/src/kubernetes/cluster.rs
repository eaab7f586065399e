//! A cluster's API server: trusted by its own authority, asked with a token of EKS.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use aws::http::{Options, Request, Response, Transport, TransportError};
use aws::raw::Presign;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use value::Value;

use super::Caller;
use crate::call::Failure;
use crate::config::Config;
use crate::connectors::Connectors;
use crate::failure;
use crate::http;

/// What stands before the dot of errors.
const PREFIX: &str = "EKS";
/// How many authorities' connections are kept.
const MAX_TRANSPORTS: usize = 64;
/// How long a token's address is good for: EKS takes none that lasts longer.
const TOKEN_SECONDS: u64 = 60;

/// What all clusters share.
pub(crate) struct Clusters {
    public_only: bool,
    /// Files with the tokens of clusters that know no IAM, by cluster name.
    token_files: BTreeMap<String, PathBuf>,
    /// By the authority's certificates: nobody else is trusted on that connection.
    transports: Mutex<HashMap<Vec<u8>, Transport>>,
}

impl Clusters {
    pub fn new(config: &Config) -> Self {
        Self {
            public_only: !config.http_private_addresses,
            token_files: config.cluster_token_files.clone(),
            transports: Mutex::default(),
        }
    }

    fn transport(&self, authority: Vec<u8>) -> Transport {
        let mut transports = self.transports.lock().unwrap_or_else(PoisonError::into_inner);
        if transports.len() >= MAX_TRANSPORTS && !transports.contains_key(&authority) {
            transports.clear();
        }
        let made = transports.entry(authority).or_insert_with_key(|authority| {
            Transport::new(&Options {
                authority: Some(authority.clone().into()),
                https_only: true,
                public_only: self.public_only,
                ..Options::default()
            })
        });
        made.clone()
    }
}

/// A cluster as a task's parameters name it.
pub(super) struct Cluster<'a> {
    connectors: &'a Connectors,
    name: &'a str,
    endpoint: &'a str,
    transport: Transport,
}

impl<'a> Cluster<'a> {
    /// The error says what is wrong with the parameters.
    pub fn of(connectors: &'a Connectors, parameters: &'a Value) -> Result<Self, String> {
        let text = |field: &str| {
            let value = parameters.get(field).and_then(Value::as_str);
            value.ok_or_else(|| format!("The value for the field '{field}' must be a STRING"))
        };
        let (name, endpoint) = (text("ClusterName")?, text("Endpoint")?.trim_end_matches('/'));
        let authority = STANDARD
            .decode(text("CertificateAuthority")?.trim())
            .map_err(|_| "The value of the field 'CertificateAuthority' has an invalid format")?;
        let transport = connectors.0.clusters.transport(authority);
        Ok(Self { connectors, name, endpoint, transport })
    }

    /// A request of a path, not signed yet.
    pub fn request(&self, method: &str, path: &str, query: &[(String, String)]) -> Request {
        let slash = if path.starts_with('/') { "" } else { "/" };
        let url = format!("{}{slash}{path}", self.endpoint);
        let url = http::with_query(&url, &aws::escape::query(query));
        Request::new(method, url).header("Accept", "application/json, */*")
    }

    /// Sends a request. Every status is an answer.
    pub async fn send(&self, caller: &Caller<'_>, request: Request) -> Result<Response, Failure> {
        let token = self.token(caller).await?;
        let request = request.header("Authorization", format!("Bearer {token}"));
        self.transport.send(request).await.map_err(|error| match error {
            TransportError::TooLarge { .. }
            | TransportError::Invalid { .. }
            | TransportError::Private { .. } => http::of_transport(&error),
            error => unreachable(error.to_string()),
        })
    }

    /// EKS asks STS who calls, by an address that the caller has signed for this cluster.
    async fn token(&self, caller: &Caller<'_>) -> Result<String, Failure> {
        if let Some(path) = self.connectors.0.clusters.token_files.get(self.name) {
            let read = tokio::fs::read_to_string(path).await;
            let read = read.map_err(|error| unreachable(format!("{}: {error}", path.display())))?;
            return Ok(read.trim().to_owned());
        }
        let Caller { region, role_arn, execution_role, execution_arn } = *caller;
        let credentials =
            self.connectors.credentials(role_arn, execution_role, execution_arn).await?;
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let presign = Presign {
            service: "sts",
            query: &[pair("Action", "GetCallerIdentity"), pair("Version", "2011-06-15")],
            headers: &[pair("x-k8s-aws-id", self.name)],
            seconds: TOKEN_SECONDS,
            region: Some(region),
            credentials,
        };
        let address = self.connectors.0.aws.presign(presign).await;
        let address = address.map_err(|error| unreachable(error.to_string()))?;
        Ok(format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(address)))
    }
}

fn unreachable(cause: String) -> Failure {
    Failure::new(failure::sdk_client(PREFIX), cause)
}

/// A cluster may be down for a moment, or too busy.
pub(super) fn is_passing(failure: &Failure) -> bool {
    let error = failure.error.as_deref().unwrap_or_default();
    error == failure::sdk_client(PREFIX)
        || error == "EKS.429"
        || error.strip_prefix("EKS.").is_some_and(|status| status.starts_with('5'))
}
