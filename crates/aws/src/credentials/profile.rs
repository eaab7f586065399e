//! Credentials of a profile: keys, a role to assume from another profile, or a program.

use super::{Credentials, process, remote, sts};
use crate::caller::Caller;
use crate::config::Profile;

/// How many profiles may lean on each other.
const MAX_CHAIN: usize = 16;

/// A role on the way from the profile in use to the one that has keys.
struct Step<'a> {
    role: &'a str,
    session: Option<&'a str>,
    external_id: Option<&'a str>,
}

/// The credentials of the profile in use; `None` if it says nothing about them.
pub async fn find(caller: &Caller) -> Result<Option<Credentials>, String> {
    let profiles = &caller.profiles;
    let mut name = profiles.chosen_name();
    let mut steps = Vec::new();
    let mut seen = Vec::new();
    let base = loop {
        let Some(profile) = profiles.get(name) else {
            let asked = !steps.is_empty() || caller.config.profile.is_some();
            return if asked {
                Err(format!("The profile {name} is not configured"))
            } else {
                Ok(None)
            };
        };
        let role = profile.get("role_arn");
        // A profile may be its own source: then its keys assume its role.
        let source = profile.get("source_profile").filter(|_| role.is_some());
        if let (Some(role), None) = (role, profile.get("web_identity_token_file")) {
            let session = profile.get("role_session_name");
            steps.push(Step { role, session, external_id: profile.get("external_id") });
        }
        seen.push(name);
        match source {
            Some(next) if next != name => {
                if seen.contains(&next) || seen.len() > MAX_CHAIN {
                    return Err(format!("The profiles {} form a circle", seen.join(", ")));
                }
                name = next;
            }
            _ => break profile,
        }
    };
    let Some(mut found) = of_profile(caller, base).await? else {
        return if steps.is_empty() {
            Ok(None)
        } else {
            Err(format!("The profile {name} has no credentials"))
        };
    };
    for step in steps.iter().rev() {
        found =
            sts::assume(caller, &found, (step.role, step.session, step.external_id), None).await?;
    }
    Ok(Some(found))
}

/// What a profile itself has.
async fn of_profile(caller: &Caller, profile: &Profile) -> Result<Option<Credentials>, String> {
    if let (Some(id), Some(secret)) =
        (profile.get("aws_access_key_id"), profile.get("aws_secret_access_key"))
    {
        return Ok(Some(Credentials::new(id, secret, profile.get("aws_session_token"))));
    }
    if let (Some(role), Some(file)) =
        (profile.get("role_arn"), profile.get("web_identity_token_file"))
    {
        let session = profile.get("role_session_name");
        return sts::assume_with_web_identity(caller, role, file, session).await.map(Some);
    }
    if let Some(source) = profile.get("credential_source") {
        return of_source(caller, source).await.map(Some);
    }
    match profile.get("credential_process") {
        Some(command) => process::run(command).await.map(Some),
        None => Ok(None),
    }
}

/// `credential_source`: where the keys are that assume the profile's role.
async fn of_source(caller: &Caller, source: &str) -> Result<Credentials, String> {
    let config = &caller.config;
    let found = match source {
        "Environment" => {
            let id = config.var("AWS_ACCESS_KEY_ID");
            let secret = config.var("AWS_SECRET_ACCESS_KEY");
            id.zip(secret)
                .map(|(id, secret)| Credentials::new(id, secret, config.var("AWS_SESSION_TOKEN")))
        }
        "EcsContainer" => remote::container(caller).await?,
        "Ec2InstanceMetadata" => remote::instance(caller).await?,
        other => return Err(format!("Unknown credential_source {other}")),
    };
    found.ok_or_else(|| format!("No credentials from credential_source {source}"))
}
