//! Signed requests that no model describes: API Gateway with IAM, and other HTTP behind SigV4.

use smol_str::SmolStr;

use crate::client::Client;
use crate::credentials::Credentials;
use crate::error::CallError;
use crate::http::{Request, Response};
use crate::model;

/// A request to sign and send once, as it stands.
#[derive(Clone, Debug)]
pub struct Raw {
    /// The request with its whole address.
    pub request: Request,
    /// The service's name in the signature: `execute-api`, `lambda`.
    pub signing_name: SmolStr,
    /// The region of the signature, if not the client's.
    pub region: Option<SmolStr>,
    /// The credentials, if not the client's.
    pub credentials: Option<Credentials>,
}

impl Client {
    /// Signs a request and sends it. Every status is an answer.
    pub async fn send(&self, raw: Raw) -> Result<Response, CallError> {
        let credentials = match raw.credentials {
            Some(credentials) => credentials,
            None => self.credentials().await?,
        };
        let region = raw.region.as_ref().unwrap_or_else(|| self.region());
        self.caller().send_signed(raw.request, (&raw.signing_name, region), &credentials).await
    }

    /// The address of a service, without a slash at its end.
    pub fn endpoint_url(&self, service: &str, region: Option<&str>) -> Result<String, CallError> {
        let model = model::service(service)
            .ok_or_else(|| CallError::Unknown(format!("There is no service {service}")))?;
        let region = region.unwrap_or_else(|| self.region());
        Ok(self.caller().endpoint(&model, region)?.url())
    }
}
