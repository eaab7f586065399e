//! Roles: temporary credentials from AWS's Security Token Service.

use value::{Timestamp, Value};

use super::Credentials;
use crate::caller::{Caller, Plan, now};
use crate::error::CallError;

/// Assumes a role, `(ARN, session name, external id)`, with the keys of someone who may.
pub async fn assume(
    caller: &Caller,
    with: &Credentials,
    (role, session, external_id): (&str, Option<&str>, Option<&str>),
    region: Option<&str>,
) -> Result<Credentials, String> {
    let name = session.map_or_else(session_name, str::to_owned);
    let mut input = vec![("RoleArn", Value::string(role)), ("RoleSessionName", name.into())];
    input.extend(external_id.map(|id| ("ExternalId", Value::string(id))));
    ask(caller, "AssumeRole", Value::object(input), Some(with), region)
        .await
        .map_err(|error| error.to_string())
}

/// Assumes a role with the keys of someone who may, and keeps the service's refusal whole.
pub async fn assume_for_task(
    caller: &Caller,
    with: &Credentials,
    role: &str,
    session: &str,
    region: Option<&str>,
) -> Result<Credentials, CallError> {
    let input = [("RoleArn", Value::string(role)), ("RoleSessionName", Value::string(session))];
    ask(caller, "AssumeRole", Value::object(input), Some(with), region).await
}

/// Assumes a role with a token that the platform wrote to a file.
pub async fn assume_with_web_identity(
    caller: &Caller,
    role: &str,
    file: &str,
    session: Option<&str>,
) -> Result<Credentials, String> {
    let token =
        tokio::fs::read_to_string(file).await.map_err(|error| format!("{file}: {error}"))?;
    let name = session.map_or_else(session_name, str::to_owned);
    let input = Value::object([
        ("RoleArn", Value::string(role)),
        ("RoleSessionName", Value::from(name)),
        ("WebIdentityToken", Value::string(token.trim())),
    ]);
    ask(caller, "AssumeRoleWithWebIdentity", input, None, None)
        .await
        .map_err(|error| error.to_string())
}

fn session_name() -> String {
    format!("stepwell-{}", now().0)
}

async fn ask(
    caller: &Caller,
    operation: &str,
    input: Value,
    with: Option<&Credentials>,
    region: Option<&str>,
) -> Result<Credentials, CallError> {
    let mut plan = Plan::new("sts", operation, input)?;
    plan.region = region.map(Into::into);
    let answer = Box::pin(caller.invoke(plan, with)).await?;
    let found = answer.output.get("Credentials").and_then(|keys| {
        let text = |key: &str| keys.get(key).and_then(Value::as_str);
        let mut found =
            Credentials::new(text("AccessKeyId")?, text("SecretAccessKey")?, text("SessionToken"));
        found.expires = text("Expiration").and_then(Timestamp::parse);
        Some(found)
    });
    found.ok_or_else(|| CallError::Credentials(format!("{operation} answered without keys")))
}
