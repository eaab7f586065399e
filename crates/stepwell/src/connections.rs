//! `[connections.<name>]` and `[http]`: what HTTP Tasks may call, and as whom.

use std::collections::BTreeMap;

use connectors::{Authorization, Connection, OAuth};
use serde::Deserialize;

/// `[http]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Whether HTTP Tasks may call this machine and its network, and plain `http://`.
    pub private_addresses: bool,
}

/// A connection: one of `basic`, `api_key` and `oauth`, and what it adds to requests.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    basic: Option<Basic>,
    api_key: Option<ApiKey>,
    oauth: Option<Client>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    query: BTreeMap<String, String>,
    #[serde(default)]
    body: BTreeMap<String, String>,
}

impl std::fmt::Debug for Entry {
    /// Without its secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Basic {
    username: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiKey {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    endpoint: String,
    method: Option<String>,
    client_id: String,
    client_secret: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    query: BTreeMap<String, String>,
    #[serde(default)]
    body: BTreeMap<String, String>,
}

/// The connections, by name.
///
/// # Errors
/// One says too much or too little.
pub fn connections(
    entries: &BTreeMap<String, Entry>,
) -> Result<BTreeMap<String, Connection>, String> {
    entries.iter().map(|(name, entry)| Ok((name.clone(), connection(name, entry)?))).collect()
}

fn connection(name: &str, entry: &Entry) -> Result<Connection, String> {
    let authorization = match (&entry.basic, &entry.api_key, &entry.oauth) {
        (Some(Basic { username, password }), None, None) => {
            Authorization::Basic { username: username.clone(), password: password.clone() }
        }
        (None, Some(ApiKey { name, value }), None) => {
            Authorization::ApiKey { name: name.clone(), value: value.clone() }
        }
        (None, None, Some(client)) => Authorization::OAuth(OAuth {
            endpoint: client.endpoint.clone(),
            method: client.method.clone().unwrap_or_else(|| "POST".to_owned()),
            client_id: client.client_id.clone(),
            client_secret: client.client_secret.clone(),
            headers: pairs(&client.headers),
            query: pairs(&client.query),
            body: pairs(&client.body),
        }),
        _ => {
            return Err(format!(
                "the connection {name:?} of the configuration needs exactly one of `basic`, \
                 `api_key` and `oauth`"
            ));
        }
    };
    let body = pairs(&entry.body).into_iter();
    Ok(Connection {
        authorization,
        headers: pairs(&entry.headers),
        query: pairs(&entry.query),
        body: body.map(|(name, text)| (name, value::Value::from(text))).collect(),
    })
}

fn pairs(table: &BTreeMap<String, String>) -> Vec<(String, String)> {
    table.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}
