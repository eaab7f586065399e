//! Credentials that a container's or an instance's metadata service hands out.

use std::time::Duration;

use super::{Credentials, of_document};
use crate::caller::Caller;
use crate::http::{Request, Response};

/// How long a metadata service may take: it is on the same machine or not there at all.
const TIMEOUT: Duration = Duration::from_secs(1);
/// How often it is asked.
const ATTEMPTS: usize = 3;
/// Where Amazon ECS listens.
const CONTAINER_HOST: &str = "http://169.254.170.2";
/// Where Amazon EC2 listens.
const INSTANCE_HOST: &str = "http://169.254.169.254";
/// How long a session with the instance's metadata service lasts, in seconds.
const SESSION_SECONDS: &str = "21600";
/// The most that it answers.
const MAX_BYTES: usize = 64 << 10;

/// From the container's metadata service, where the environment names one.
pub async fn container(caller: &Caller) -> Result<Option<Credentials>, String> {
    let config = &caller.config;
    let url = match config.var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        Some(path) => format!("{CONTAINER_HOST}{path}"),
        None => match config.var("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            Some(url) => url.to_owned(),
            None => return Ok(None),
        },
    };
    if !trusted(&url) {
        return Err(format!("{url} is neither HTTPS nor a loopback or container address"));
    }
    let mut request = Request::new("GET", url);
    let token = match config.var("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
        Some(path) => Some(
            tokio::fs::read_to_string(path).await.map_err(|error| format!("{path}: {error}"))?,
        ),
        None => config.var("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(str::to_owned),
    };
    if let Some(token) = token {
        request = request.header("authorization", token.trim());
    }
    let response = ask(caller, request).await?;
    read(&response).map(Some)
}

/// Plain HTTP is spoken only to this machine and to the fixed addresses of ECS and EKS.
fn trusted(url: &str) -> bool {
    if url.starts_with("https://") {
        return true;
    }
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.starts_with("127.")
        || ["localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(&host)
}

/// From the instance's metadata service (IMDSv2); `None` where there is none.
pub async fn instance(caller: &Caller) -> Result<Option<Credentials>, String> {
    let config = &caller.config;
    let off = config.var("AWS_EC2_METADATA_DISABLED");
    if off.is_some_and(|off| off.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let endpoint = config.setting(
        &caller.profiles,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "ec2_metadata_service_endpoint",
    );
    let base = endpoint.unwrap_or(INSTANCE_HOST).trim_end_matches('/');
    let session = Request::new("PUT", format!("{base}/latest/api/token"))
        .header("x-aws-ec2-metadata-token-ttl-seconds", SESSION_SECONDS);
    let Ok(session) = ask(caller, session).await else { return Ok(None) };
    let session = session.text();
    let get = |path: String| {
        Request::new("GET", format!("{base}/latest/meta-data/iam/security-credentials/{path}"))
            .header("x-aws-ec2-metadata-token", session.trim())
    };
    let Ok(role) = ask(caller, get(String::new())).await else { return Ok(None) };
    let role = role.text();
    let role = role.lines().next().unwrap_or_default().trim().to_owned();
    read(&ask(caller, get(role)).await?).map(Some)
}

async fn ask(caller: &Caller, mut request: Request) -> Result<Response, String> {
    request.timeout = TIMEOUT;
    request.max_response = MAX_BYTES;
    let mut failure = String::new();
    for _ in 0..ATTEMPTS {
        match caller.transport.send(request.clone()).await {
            Ok(response) if response.status == 200 => return Ok(response),
            Ok(response) => failure = format!("{} answered {}", request.url, response.status),
            Err(error) if error.before_send() => return Err(error.to_string()),
            Err(error) => failure = error.to_string(),
        }
    }
    Err(failure)
}

fn read(response: &Response) -> Result<Credentials, String> {
    let document = value::json::parse(&response.text()).map_err(|error| error.to_string())?;
    of_document(&document, "Token")
        .ok_or_else(|| "The metadata service's answer has no keys".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_to_trust() {
        for url in
            ["https://x/", "http://127.0.0.1:8/c", "http://[::1]/", "http://169.254.170.23/v1"]
        {
            assert!(trusted(url), "{url}");
        }
        for url in ["http://x/", "http://localhost.evil/", "ftp://localhost/", "http://1270.0.0.1"]
        {
            assert!(!trusted(url), "{url}");
        }
    }
}
