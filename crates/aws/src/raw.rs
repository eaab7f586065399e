//! Signed requests that no model describes: API Gateway with IAM, and other HTTP behind SigV4.

use smol_str::SmolStr;

use crate::caller::now;
use crate::client::Client;
use crate::credentials::Credentials;
use crate::error::CallError;
use crate::http::{Request, Response};
use crate::model;
use crate::sign::{self, Scope, Signable};

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

/// A GET whose address carries its signature, for someone else to send.
#[derive(Clone, Debug)]
pub struct Presign<'a> {
    /// The service that is asked: `sts`.
    pub service: &'a str,
    /// The query, not encoded.
    pub query: &'a [(String, String)],
    /// The headers that must be sent along.
    pub headers: &'a [(String, String)],
    /// How long the address is good for.
    pub seconds: u64,
    /// The region, if not the client's.
    pub region: Option<&'a str>,
    /// The credentials, if not the client's.
    pub credentials: Option<Credentials>,
}

impl Client {
    /// The address of a presigned request.
    pub async fn presign(&self, request: Presign<'_>) -> Result<String, CallError> {
        let Presign { service, query, headers, seconds, region, credentials } = request;
        let credentials = match credentials {
            Some(credentials) => credentials,
            None => self.credentials().await?,
        };
        let model = model::service(service)
            .ok_or_else(|| CallError::Unknown(format!("There is no service {service}")))?;
        let endpoint = self.caller().endpoint(&model, region.unwrap_or_else(|| self.region()))?;
        let path = format!("{}/", endpoint.path);
        let host = &endpoint.host;
        let request = Signable {
            method: "GET",
            host,
            path: &path,
            query,
            headers,
            body: b"",
            sign_body: true,
        };
        let (region, service) = (endpoint.region.as_str(), model.signing_name.as_str());
        let scope = Scope { credentials: &credentials, region, service, time: now() };
        let query = crate::escape::query(&sign::presign(&request, &scope, seconds));
        Ok(format!("{}://{host}{path}?{query}", endpoint.scheme))
    }

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
