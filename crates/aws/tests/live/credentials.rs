//! The places where credentials are looked for, each played by a small server or file.

use std::path::PathBuf;
use std::time::Duration;

use aws::{Client, Config};

use super::server::{Reply, Server};

const KEYS: &str =
    r#"{"AccessKeyId":"ID","SecretAccessKey":"S","Token":"T","Expiration":"2099-01-01T00:00:00Z"}"#;

fn config(variables: &[(&str, &str)]) -> Config {
    let mut config = Config { timeout: Duration::from_secs(5), ..Config::default() };
    config.environment.insert("AWS_EC2_METADATA_DISABLED".into(), "true".into());
    for (name, value) in variables {
        config.environment.insert((*name).to_owned(), (*value).to_owned());
    }
    config
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("stepwell-aws-{}-{name}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}

fn assumed(id: &str) -> Reply {
    let body = format!(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{id}</AccessKeyId>\
         <SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>\
         <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
         </AssumeRoleResponse>"
    );
    Reply::json(200, "", &body)
}

#[tokio::test]
async fn environment_and_nothing() {
    let client = Client::new(config(&[("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "B")]));
    assert_eq!(client.credentials().await.unwrap().access_key_id, "A");
    let error = Client::new(config(&[])).credentials().await.unwrap_err();
    assert!(error.to_string().starts_with("Unable to load credentials"), "{error}");
}

#[tokio::test]
async fn container() {
    let server = Server::start(vec![Reply::json(500, "", ""), Reply::json(200, "", KEYS)]).await;
    let url = format!("{}/creds", server.url);
    let token = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "secret-token");
    let client = Client::new(config(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url), token]));
    let found = client.credentials().await.unwrap();
    assert_eq!(found.access_key_id, "ID");
    assert_eq!(found.session_token.as_deref(), Some("T"));
    client.credentials().await.unwrap();
    assert_eq!(server.count(), 2, "kept until they are about to expire");
    assert!(server.requests.lock().unwrap()[1].contains("authorization: secret-token"));
}

#[tokio::test]
async fn instance() {
    let server = Server::start(vec![
        Reply::json(200, "", "SESSION"),
        Reply::json(200, "", "the-role"),
        Reply::json(200, "", KEYS),
    ])
    .await;
    let mut config = config(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &server.url)]);
    config.environment.remove("AWS_EC2_METADATA_DISABLED");
    let found = Client::new(config).credentials().await.unwrap();
    assert_eq!(found.access_key_id, "ID");
    let requests = server.requests.lock().unwrap();
    assert!(requests[0].starts_with("PUT /latest/api/token "));
    assert!(requests[2].starts_with("GET /latest/meta-data/iam/security-credentials/the-role "));
    assert!(requests[2].contains("x-aws-ec2-metadata-token: SESSION"));
}

#[tokio::test]
async fn profile_with_roles_on_roles() {
    let server = Server::start(vec![assumed("MIDDLE"), assumed("LAST")]).await;
    let text = "[profile a]\nrole_arn = arn:aws:iam::1:role/A\nsource_profile = b\n\
                [profile b]\nrole_arn = arn:aws:iam::1:role/B\nsource_profile = c\n";
    let credentials = "[c]\naws_access_key_id = BASE\naws_secret_access_key = S\n";
    let (text, keys) = (file("config", text), file("credentials", credentials));
    let client = Client::new(config(&[
        ("AWS_PROFILE", "a"),
        ("AWS_CONFIG_FILE", text.to_str().unwrap()),
        ("AWS_SHARED_CREDENTIALS_FILE", keys.to_str().unwrap()),
        ("AWS_ENDPOINT_URL_STS", &server.url),
    ]));
    assert_eq!(client.credentials().await.unwrap().access_key_id, "LAST");
    let requests = server.requests.lock().unwrap();
    assert!(requests[0].contains("Credential=BASE/") && requests[0].contains("role%2FB"));
    assert!(requests[1].contains("Credential=MIDDLE/") && requests[1].contains("role%2FA"));
}

#[tokio::test]
async fn profiles_in_a_circle() {
    let text = "[profile a]\nrole_arn = r\nsource_profile = b\n\
                [profile b]\nrole_arn = r\nsource_profile = a\n";
    let text = file("circle", text);
    let variables = [("AWS_PROFILE", "a"), ("AWS_CONFIG_FILE", text.to_str().unwrap())];
    let error = Client::new(config(&variables)).credentials().await.unwrap_err();
    assert!(error.to_string().contains("circle"), "{error}");
}

#[tokio::test]
async fn web_identity_is_not_signed() {
    let server = Server::start(vec![assumed("WEB")]).await;
    let reply = match assumed("WEB") {
        Reply::Bytes(bytes) => {
            let text = String::from_utf8(bytes).unwrap();
            let text = text.replace("AssumeRoleR", "AssumeRoleWithWebIdentityR");
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            let head = head.split("content-length").next().unwrap();
            Reply::Bytes(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes())
        }
        other => other,
    };
    drop(server);
    let server = Server::start(vec![reply]).await;
    let token = file("token", "the.token\n");
    let client = Client::new(config(&[
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap()),
        ("AWS_ROLE_ARN", "arn:aws:iam::1:role/W"),
        ("AWS_ENDPOINT_URL", &server.url),
    ]));
    assert_eq!(client.credentials().await.unwrap().access_key_id, "WEB");
    let requests = server.requests.lock().unwrap();
    assert!(requests[0].contains("WebIdentityToken=the.token"));
    assert!(!requests[0].to_lowercase().contains("authorization:"));
}

#[tokio::test]
async fn process() {
    let printed = KEYS.replace("Token", "SessionToken");
    let text = format!("[default]\ncredential_process = echo '{printed}'\n");
    let text = file("process", &text);
    let client = Client::new(config(&[("AWS_CONFIG_FILE", text.to_str().unwrap())]));
    let found = client.credentials().await.unwrap();
    assert_eq!(found.session_token.as_deref(), Some("T"));
}

#[tokio::test]
async fn roles_of_tasks_are_kept() {
    let server = Server::start(vec![assumed("ROLE")]).await;
    let client = Client::new(config(&[
        ("AWS_ACCESS_KEY_ID", "A"),
        ("AWS_SECRET_ACCESS_KEY", "B"),
        ("AWS_ENDPOINT_URL", &server.url),
    ]));
    for _ in 0..2 {
        let found = client.assume_role("arn:aws:iam::1:role/R", "execution", None).await.unwrap();
        assert_eq!(found.access_key_id, "ROLE");
    }
    assert_eq!(server.count(), 1);
}
