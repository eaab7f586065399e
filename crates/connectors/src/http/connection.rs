//! EventBridge connections: found in the configuration or asked of EventBridge, and turned into
//! the credentials of a request.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use aws::CallError;
use aws::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use smol_str::SmolStr;
use value::Value;

use crate::call::{Call, Failure};
use crate::config::{Authorization, Connection, OAuth};
use crate::connectors::Connectors;

/// How long before its end a token is not used any more.
const TOKEN_MARGIN: Duration = Duration::from_secs(30);
/// How long a token is used whose answer does not say.
const TOKEN_LIFE: Duration = Duration::from_secs(300);
/// The longest that a token is believed to live.
const MAX_TOKEN_LIFE: u64 = 7 * 24 * 3600;

/// A token of an OAuth connection.
pub(super) struct Token {
    text: String,
    until: Instant,
}

/// What a connection's credentials add to a request.
#[derive(Default)]
pub(super) struct Given {
    pub headers: Vec<(String, String)>,
    /// The OAuth token among the headers.
    pub token: Option<String>,
}

fn refused(kind: &str, cause: impl Into<std::sync::Arc<str>>) -> Failure {
    Failure::new(format!("Events.ConnectionResource.{kind}"), cause)
}

/// The connection of an ARN: `arn:aws:events:region:account:connection/name/id`.
pub(super) async fn find(
    connectors: &Connectors,
    call: &Call,
    arn: &str,
) -> Result<Connection, Failure> {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    let name = resource.strip_prefix("connection/").unwrap_or(resource);
    let name = name.split('/').next().unwrap_or_default();
    if let Some(connection) = connectors.0.http.connections.get(name) {
        return Ok(connection.clone());
    }
    let input = Value::object([("Name", Value::from(name))]);
    let described = ask(connectors, call, "eventbridge", "describeConnection", input).await?;
    let state = described.get("ConnectionState").and_then(Value::as_str).unwrap_or_default();
    match state {
        "AUTHORIZED" => {}
        "AUTHORIZING" => return Err(refused("AuthInProgress", "The connection is authorizing.")),
        state => {
            let cause = format!("The connection {arn} is in the state {state}.");
            return Err(refused("InvalidConnectionState", cause));
        }
    }
    let secret_arn = described.get("SecretArn").cloned().unwrap_or_default();
    let input = Value::object([("SecretId", secret_arn)]);
    let secret = ask(connectors, call, "secretsmanager", "getSecretValue", input).await?;
    let secret = secret.get("SecretString").and_then(Value::as_str);
    let secret = secret.and_then(|text| value::json::parse(text).ok()).unwrap_or_default();
    read(&described, &secret)
        .ok_or_else(|| refused("InternalError", "The connection's secret cannot be read."))
}

async fn ask(
    connectors: &Connectors,
    call: &Call,
    service: &str,
    action: &str,
    input: Value,
) -> Result<Value, Failure> {
    let mut request = aws::Call::new(service, action, input);
    request.region = Some(call.region.clone());
    let Call { role_arn, execution_role, execution_arn, .. } = call;
    let role = role_arn.as_ref();
    let answer = connectors.call_aws(request, role, execution_role, execution_arn).await?;
    answer.map(|answer| answer.output).map_err(|error| {
        // The code as the service sends it: no model lists refusals for want of a permission.
        let kind = match &error {
            CallError::Service(error) if error.code.contains("NotFound") => "ResourceNotFound",
            CallError::Service(error) if error.code.contains("AccessDenied") => "AccessDenied",
            CallError::Service(error) if error.code.contains("ConcurrentModification") => {
                "ConcurrentModification"
            }
            _ => "InternalError",
        };
        refused(kind, error.to_string())
    })
}

/// A connection as EventBridge describes it, with what only its secret tells.
fn read(described: &Value, secret: &Value) -> Option<Connection> {
    let known = described.get("AuthParameters")?;
    let part = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(Into::into);
    let authorization = match described.get("AuthorizationType")?.as_str()? {
        "BASIC" => Authorization::Basic {
            username: part(known.get("BasicAuthParameters")?, "Username")?,
            password: part(secret, "password")?,
        },
        "API_KEY" => Authorization::ApiKey {
            name: part(known.get("ApiKeyAuthParameters")?, "ApiKeyName")?,
            value: part(secret, "api_key_value")?,
        },
        _ => {
            let oauth = known.get("OAuthParameters")?;
            let client = oauth.get("ClientParameters")?;
            let extra = secret.get("oauth_http_parameters").or(oauth.get("OAuthHttpParameters"));
            let secret = secret.get("client_parameters").unwrap_or(secret);
            let list = |name| extra.map_or_else(Vec::new, |extra| pairs(extra, name));
            Authorization::OAuth(OAuth {
                endpoint: part(oauth, "AuthorizationEndpoint")?,
                method: part(oauth, "HttpMethod")?,
                client_id: part(client, "ClientID")?,
                client_secret: part(secret, "client_secret")?,
                headers: list("HeaderParameters"),
                query: list("QueryStringParameters"),
                body: list("BodyParameters"),
            })
        }
    };
    let extra = secret.get("invocation_http_parameters").or(known.get("InvocationHttpParameters"));
    let list = |name| extra.map_or_else(Vec::new, |extra| pairs(extra, name));
    let body = list("BodyParameters").into_iter();
    Some(Connection {
        authorization,
        headers: list("HeaderParameters"),
        query: list("QueryStringParameters"),
        body: body.map(|(name, value)| (name, Value::from(value))).collect(),
    })
}

/// `[{"Key": …, "Value": …}]`, whose names secrets write in lower case.
fn pairs(parameters: &Value, name: &str) -> Vec<(String, String)> {
    let lower = match name {
        "HeaderParameters" => "header_parameters",
        "QueryStringParameters" => "query_string_parameters",
        _ => "body_parameters",
    };
    let list = parameters.get(name).or_else(|| parameters.get(lower)).and_then(Value::as_array);
    let item = |item: &Value| {
        let part = |upper, lower| {
            item.get(upper).or_else(|| item.get(lower)).and_then(Value::as_str).map(str::to_owned)
        };
        Some((part("Key", "key")?, part("Value", "value")?))
    };
    list.map_or_else(Vec::new, |list| list.iter().filter_map(item).collect())
}

/// What the connection's credentials add to a request.
pub(super) async fn authorize(
    connectors: &Connectors,
    arn: &str,
    connection: &Connection,
) -> Result<Given, Failure> {
    Ok(match &connection.authorization {
        Authorization::Basic { username, password } => {
            let text = STANDARD.encode(format!("{username}:{password}"));
            let header = ("Authorization".to_owned(), format!("Basic {text}"));
            Given { headers: vec![header], ..Given::default() }
        }
        Authorization::ApiKey { name, value } => {
            Given { headers: vec![(name.clone(), value.clone())], ..Given::default() }
        }
        Authorization::OAuth(oauth) => {
            let token = token(connectors, arn, oauth).await?;
            let header = ("Authorization".to_owned(), format!("Bearer {token}"));
            Given { headers: vec![header], token: Some(token) }
        }
    })
}

/// The token of the connection, asked for if there is none that lives.
async fn token(connectors: &Connectors, arn: &str, oauth: &OAuth) -> Result<String, Failure> {
    let lock = || connectors.0.http.tokens.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = lock().get(arn).filter(|it| it.until > Instant::now()).map(|it| it.text.clone());
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let request = token_request(oauth);
    let refuse = |cause: String| refused("InvalidConnectionState", cause);
    let sent = connectors.0.http.transport.send(request).await;
    let response = sent.map_err(|error| refuse(error.to_string()))?;
    let answer = value::json::parse(&response.text()).unwrap_or_default();
    let text = answer.get("access_token").and_then(Value::as_str);
    let Some(text) = text.filter(|_| (200..300).contains(&response.status)) else {
        let (endpoint, status) = (&oauth.endpoint, response.status);
        return Err(refuse(format!("{endpoint} gave no token, but status {status}.")));
    };
    let life = answer.get("expires_in").and_then(Value::as_i64).map_or(TOKEN_LIFE, |seconds| {
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0).min(MAX_TOKEN_LIFE))
    });
    let until = Instant::now() + life.saturating_sub(TOKEN_MARGIN);
    lock().insert(SmolStr::new(arn), Token { text: text.to_owned(), until });
    Ok(text.to_owned())
}

/// The client credentials grant (RFC 6749, 4.4); what the connection says of the grant wins.
fn token_request(oauth: &OAuth) -> Request {
    let mut fields = vec![
        ("grant_type".to_owned(), "client_credentials".to_owned()),
        ("client_id".to_owned(), oauth.client_id.clone()),
        ("client_secret".to_owned(), oauth.client_secret.clone()),
    ];
    fields.retain(|(name, _)| !oauth.body.iter().any(|(other, _)| name == other));
    fields.extend(oauth.body.iter().cloned());
    let in_query = oauth.method == "GET";
    let mut query = oauth.query.clone();
    if in_query {
        query.append(&mut fields);
    }
    let url = super::encoding::with_query(&oauth.endpoint, &aws::escape::query(&query));
    let mut request = Request::new(oauth.method.as_str(), url).header("Accept", "application/json");
    for (name, value) in &oauth.headers {
        request = request.header(name, value);
    }
    if in_query {
        return request;
    }
    request.header("Content-Type", super::FORM).body(aws::escape::query(&fields))
}

/// Forgets a token that was refused.
pub(super) fn forget(connectors: &Connectors, arn: &str) {
    let mut tokens = connectors.0.http.tokens.lock().unwrap_or_else(PoisonError::into_inner);
    tokens.remove(arn);
}
