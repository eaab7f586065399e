//! One call with given credentials: serialise, sign, send, retry, parse.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use ring::rand::{SecureRandom, SystemRandom};
use smol_str::SmolStr;
use value::{Timestamp, Value};

use crate::client::Answer;
use crate::config::{Config, Profiles};
use crate::credentials::Credentials;
use crate::endpoint::{self, Endpoint};
use crate::error::{CallError, ServiceError};
use crate::http::{Request, Response, Streaming, Transport};
use crate::model::{self, Service, Spelling};
use crate::protocol::{self, Context, Wire};
use crate::retry::{self, Quota};
use crate::sign::{Scope, Signable, sign};
use receive::{Head, Receive, Whole};

mod checksum;
mod receive;
mod s3;
#[cfg(test)]
mod vectors;

/// What every call shares.
#[derive(Debug)]
pub(crate) struct Caller {
    pub config: Config,
    pub profiles: Profiles,
    pub transport: Transport,
    pub region: SmolStr,
    quota: Quota,
}

/// A call whose service and operation are known.
pub(crate) struct Plan {
    pub service: Arc<Service>,
    pub operation: usize,
    pub input: Value,
    pub body: Option<Bytes>,
    pub spelling: Spelling,
    pub region: Option<SmolStr>,
    pub timeout: Option<Duration>,
    pub max_attempts: Option<u32>,
}

impl Plan {
    /// A call of Stepwell's own, also of an operation that Step Functions does not offer.
    pub fn new(service: &str, operation: &str, input: Value) -> Result<Self, CallError> {
        let unknown = || CallError::Unknown(format!("There is no {service}:{operation}"));
        let service = model::service(service).ok_or_else(unknown)?;
        let operation = service.position(operation).ok_or_else(unknown)?;
        Ok(Self {
            service,
            operation,
            input,
            body: None,
            spelling: Spelling::Sdk,
            region: None,
            timeout: None,
            max_attempts: None,
        })
    }
}

/// A request that can be signed again for every attempt.
struct Draft<'a> {
    endpoint: &'a Endpoint,
    wire: &'a Wire,
    body: Bytes,
    signing_name: &'a str,
    sign_body: bool,
    timeout: Duration,
}

impl Caller {
    pub fn new(config: Config) -> Self {
        let profiles = config.profiles();
        let bundle = config.setting(&profiles, "AWS_CA_BUNDLE", "ca_bundle").map(Into::into);
        let options = crate::http::Options { ca_bundle: bundle, ..Default::default() };
        let region = config.region(&profiles);
        Self {
            transport: Transport::new(&options),
            quota: Quota::default(),
            region,
            profiles,
            config,
        }
    }

    /// The endpoint of a service.
    pub fn endpoint(&self, service: &Service, region: &str) -> Result<Endpoint, CallError> {
        endpoint::resolve(service, region, &self.config, &self.profiles).map_err(invalid)
    }

    /// Calls, trying again where that may help.
    pub async fn invoke(
        &self,
        plan: Plan,
        credentials: Option<&Credentials>,
    ) -> Result<Answer, CallError> {
        self.exchange::<Whole>(plan, credentials).await
    }

    /// Calls, trying again where that may help, and leaves the body of the answer to be read.
    pub async fn open(
        &self,
        plan: Plan,
        credentials: Option<&Credentials>,
    ) -> Result<Streaming, CallError> {
        self.exchange::<Head>(plan, credentials).await
    }

    async fn exchange<R: Receive>(
        &self,
        plan: Plan,
        credentials: Option<&Credentials>,
    ) -> Result<R::Out, CallError> {
        let Plan { service, operation, .. } = &plan;
        let operation = service
            .operations
            .get(*operation)
            .ok_or_else(|| CallError::Unknown(format!("no such action of {}", service.name)))?;
        let context = Context { service, operation, spelling: plan.spelling };
        let region = plan.region.as_ref().unwrap_or(&self.region);
        let mut endpoint = self.endpoint(service, region)?;
        let input = with_tokens(context, &plan.input);
        let mut wire = protocol::serialize(context, &input).map_err(invalid)?;
        if let Some(body) = &plan.body {
            wire.body = body.to_vec();
        }
        checksum::add(context, &input, &mut wire);
        place(context, &mut endpoint, &mut wire);
        let draft = Draft {
            endpoint: &endpoint,
            body: Bytes::from(std::mem::take(&mut wire.body)),
            wire: &wire,
            signing_name: &service.signing_name,
            sign_body: !operation.unsigned_payload,
            timeout: plan.timeout.unwrap_or(self.config.timeout),
        };
        let credentials = credentials.filter(|_| !operation.unauthenticated);
        let attempts = plan.max_attempts.unwrap_or(self.config.max_attempts);
        let work = self.attempts::<R>(context, &draft, credentials, attempts);
        match plan.timeout {
            Some(limit) => tokio::time::timeout(limit, work)
                .await
                .unwrap_or(Err(CallError::Transport(crate::http::TransportError::Timeout))),
            None => work.await,
        }
    }

    async fn attempts<R: Receive>(
        &self,
        context: Context<'_>,
        draft: &Draft<'_>,
        credentials: Option<&Credentials>,
        attempts: u32,
    ) -> Result<R::Out, CallError> {
        let mut attempt = 1;
        loop {
            let request = draft.request(credentials);
            let error = match R::receive(&self.transport, context, request, attempt).await {
                Ok(answer) => {
                    self.quota.succeeded(attempt - 1);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if attempt >= attempts {
                return Err(error);
            }
            match retry::pause(&error, attempt, &self.quota, random()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
            attempt += 1;
        }
    }

    /// Signs and sends a request as it stands, once.
    pub async fn send_signed(
        &self,
        mut request: Request,
        (service, region): (&str, &str),
        credentials: &Credentials,
    ) -> Result<Response, CallError> {
        let added = {
            let (scheme_host, path_query) = split(&request.url);
            let (path, query) = path_query.split_once('?').unwrap_or((path_query, ""));
            let query: Vec<(String, String)> =
                query.split('&').filter(|pair| !pair.is_empty()).map(decoded_pair).collect();
            let signable = Signable {
                method: &request.method,
                host: scheme_host,
                path: if path.is_empty() { "/" } else { path },
                query: &query,
                headers: &request.headers,
                body: &request.body,
                sign_body: true,
            };
            sign(&signable, &Scope { credentials, region, service, time: now() })
        };
        request.headers.extend(added);
        Ok(self.transport.send(request).await?)
    }
}

impl Draft<'_> {
    /// The request of one attempt, signed with the time of now.
    fn request(&self, credentials: Option<&Credentials>) -> Request {
        let Self { endpoint, wire, .. } = self;
        let mut headers = wire.headers.clone();
        headers.push(("user-agent".to_owned(), USER_AGENT.to_owned()));
        if let Some(credentials) = credentials {
            let signable = Signable {
                method: &wire.method,
                host: &endpoint.host,
                path: &wire.path,
                query: &wire.query,
                headers: &headers,
                body: &self.body,
                sign_body: self.sign_body,
            };
            let region = endpoint.region.as_str();
            let scope = Scope { credentials, region, service: self.signing_name, time: now() };
            headers.extend(sign(&signable, &scope));
        }
        let mut url = format!("{}://{}{}", endpoint.scheme, endpoint.host, wire.path);
        if !wire.query.is_empty() {
            url.push('?');
            url.push_str(&crate::escape::query(&wire.query));
        }
        let mut request = Request::new(wire.method.clone(), url);
        request.headers = headers;
        request.body = self.body.clone();
        request.timeout = self.timeout;
        request
    }
}

const USER_AGENT: &str = concat!("stepwell/", env!("CARGO_PKG_VERSION"));

/// Gives the request its final host and path.
fn place(context: Context<'_>, endpoint: &mut Endpoint, wire: &mut Wire) {
    // An emulator at one address is not to be asked under a name it does not have.
    if let Some(prefix) = wire.host_prefix.take().filter(|_| !endpoint.custom) {
        endpoint.host.insert_str(0, &prefix);
    }
    if context.service.name == "s3" {
        s3::place(endpoint, wire);
    }
    wire.path.insert_str(0, &endpoint.path);
    if wire.path.is_empty() {
        wire.path.push('/');
    }
}

/// Fills in the idempotency tokens that are absent, so that attempts can be told to be one.
fn with_tokens(context: Context<'_>, input: &Value) -> Value {
    let Some(structure) = context.service.input(context.operation) else { return input.clone() };
    let mut filled: Option<value::Object> = None;
    for member in structure.members.iter().filter(|member| member.token) {
        let name = member.shown(context.spelling);
        let given = input.get(name).is_some_and(|value| !value.is_null());
        if !given {
            let object = filled.get_or_insert_with(|| {
                input.as_object().map(|object| (**object).clone()).unwrap_or_default()
            });
            object.insert(name.clone(), Value::from(uuid()));
        }
    }
    filled.map_or_else(|| input.clone(), Value::from)
}

fn service_error(service: &Service, response: Response, attempts: u32) -> CallError {
    let error = protocol::error(service, &response);
    let (name, modelled) = service.error_name(&error.code);
    let extended = response.header("x-amz-id-2").map(str::to_owned).or(error.host_id);
    CallError::Service(Box::new(ServiceError {
        name,
        prefix: service.prefix.clone(),
        code: error.code.into(),
        query_code: error.query_code.map(Into::into),
        message: error.message,
        status: response.status,
        request_id: request_id(&response).or(error.request_id).unwrap_or_default(),
        extended_request_id: extended,
        modelled,
        attempts,
        headers: response.headers,
        body: response.body,
    }))
}

fn request_id(response: &Response) -> Option<String> {
    ["x-amzn-requestid", "x-amz-request-id", "x-amz-requestid", "x-amz-cf-id"]
        .iter()
        .find_map(|name| response.header(name))
        .map(str::to_owned)
}

fn invalid(reason: String) -> CallError {
    CallError::Transport(crate::http::TransportError::Invalid { reason })
}

/// The host with its port, and the rest.
fn split(url: &str) -> (&str, &str) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(at);
    let standard = if scheme == "https" { ":443" } else { ":80" };
    (host.strip_suffix(standard).unwrap_or(host), rest)
}

fn decoded_pair(text: &str) -> (String, String) {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    (crate::escape::decode(key), crate::escape::decode(value))
}

/// The time of the machine.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    // Without randomness the bytes stay 0: pauses become short and a token repeats, both harmless.
    let _ = SystemRandom::new().fill(&mut bytes);
    bytes
}

/// A number in 0..1.
fn random() -> f64 {
    let [a, b, c, d, ..] = random_bytes();
    f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
}

/// A random UUID (version 4).
fn uuid() -> String {
    let mut bytes = random_bytes();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = crate::digest::hex(&bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
