//! Connections of HTTP Tasks that are EventBridge's, their secrets in Secrets Manager: kept by an
//! emulator, and by a local server in the form in which AWS writes them.

use connectors::{Config, Connectors, Failure};
use value::Value;

use crate::emulator::Moto;
use crate::http_server::{Asked, HttpServer, json};
use crate::support::{call, error, parse, run, text};

/// An API that answers everything, and gives tokens.
async fn api() -> HttpServer {
    HttpServer::start(|asked| match asked.line.contains("/token") {
        true => json("200 OK", "", r#"{"access_token":"tok","expires_in":3600}"#),
        false => json("200 OK", "", "{}"),
    })
    .await
}

async fn invoke(
    connectors: &Connectors,
    api: &HttpServer,
    connection: &str,
    rest: &str,
) -> Result<Value, Failure> {
    let parameters = format!(
        r#"{{"ApiEndpoint":"{}/api","Authentication":{{"ConnectionArn":"{connection}"}},{rest}}}"#,
        api.url
    );
    run(connectors, call("http:invoke", parse(&parameters))).await
}

const POST: &str = r#""Method":"POST","RequestBody":{"a":1,"team":"mine"},"Headers":{"x-team":"mine"},"QueryParameters":{"v":"mine","w":"1"}"#;
const ADDED: &str = r#""InvocationHttpParameters":{
    "HeaderParameters":[{"Key":"X-Team","Value":"t","IsValueSecret":true}],
    "QueryStringParameters":[{"Key":"v","Value":"2"}],
    "BodyParameters":[{"Key":"team","Value":"t"}]}"#;

fn check_added(asked: &Asked) {
    assert_eq!(asked.line, "POST /api?w=1&v=2 HTTP/1.1");
    assert_eq!(parse(&asked.body), parse(r#"{"a":1,"team":"t"}"#));
    assert!(asked.headers.contains("x-team: t\r\n"), "{}", asked.headers);
    assert!(!asked.headers.contains("mine"), "{}", asked.headers);
}

#[tokio::test]
async fn connections_of_an_emulator() {
    let Some(moto) = Moto::start().await else { return };
    let api = api().await;
    let create = async |name: &str, kind: &str, parameters: &str| {
        let input = format!(
            r#"{{"Name":"{name}","AuthorizationType":"{kind}","AuthParameters":{{{parameters},{ADDED}}}}}"#
        );
        let made = moto.run("aws-sdk:eventbridge:createConnection", &input).await.unwrap();
        text(&made, "ConnectionArn").to_owned()
    };
    let basic = r#""BasicAuthParameters":{"Username":"u","Password":"p"}"#;
    let basic = create("basic", "BASIC", basic).await;
    invoke(&moto.connectors, &api, &basic, POST).await.unwrap();
    let asked = api.asked().pop().unwrap();
    check_added(&asked);
    assert_eq!(asked.token, "Basic dTpw");

    let key = r#""ApiKeyAuthParameters":{"ApiKeyName":"X-Key","ApiKeyValue":"Secret"}"#;
    let key = create("key", "API_KEY", key).await;
    invoke(&moto.connectors, &api, &key, POST).await.unwrap();
    let asked = api.asked().pop().unwrap();
    check_added(&asked);
    assert!(asked.headers.contains("x-key: secret"), "{}", asked.headers);

    let oauth = format!(
        r#""OAuthParameters":{{"AuthorizationEndpoint":"{}/token","HttpMethod":"POST",
            "ClientParameters":{{"ClientID":"id","ClientSecret":"s"}},
            "OAuthHttpParameters":{{"BodyParameters":[{{"Key":"scope","Value":"all"}}]}}}}"#,
        api.url
    );
    let oauth = create("oauth", "OAUTH_CLIENT_CREDENTIALS", &oauth).await;
    invoke(&moto.connectors, &api, &oauth, POST).await.unwrap();
    let asked = api.asked();
    let [.., token, task] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(token.body, "grant_type=client_credentials&client_id=id&client_secret=s&scope=all");
    check_added(task);
    assert_eq!(task.token, "Bearer tok");

    let nowhere = basic.replace("basic", "nowhere");
    let failure = invoke(&moto.connectors, &api, &nowhere, POST).await.unwrap_err();
    assert_eq!(error(&failure).0, "Events.ConnectionResource.ResourceNotFound");
}

/// EventBridge and Secrets Manager: `describe` and `secret` are their answers.
async fn events(describe: &'static str, secret: &'static str) -> (HttpServer, Connectors) {
    let server = HttpServer::start(move |asked| {
        let answer = if asked.headers.contains("awsevents.describeconnection") {
            describe
        } else {
            assert!(asked.headers.contains("secretsmanager.getsecretvalue"), "{asked:?}");
            secret
        };
        let status = if answer.contains("__type") { "400 Bad Request" } else { "200 OK" };
        json(status, "", answer)
    })
    .await;
    let mut config = Config { http_private_addresses: true, ..Config::default() };
    config.aws.endpoint = Some(server.url.clone());
    config.aws.credentials = Some(aws::Credentials::new("id", "secret", None::<String>));
    (server, Connectors::new(config))
}

const ARN: &str = "arn:aws:events:us-east-1:123456789012:connection/c/1-2";

/// EventBridge tells no secret; only Secrets Manager does.
#[tokio::test]
async fn secrets_that_are_told_by_secrets_manager_alone() {
    let api = api().await;
    let described = r#"{"ConnectionState":"AUTHORIZED","SecretArn":"arn:secret","AuthorizationType":"API_KEY",
        "AuthParameters":{"ApiKeyAuthParameters":{"ApiKeyName":"X-Key"},"InvocationHttpParameters":
        {"HeaderParameters":[{"Key":"X-Team","IsValueSecret":true}]}}}"#;
    let secret = r#"{"SecretString":"{\"api_key_name\":\"X-Key\",\"api_key_value\":\"k\",\"invocation_http_parameters\":{\"header_parameters\":[{\"key\":\"X-Team\",\"value\":\"t\",\"is_value_secret\":true}]}}"}"#;
    let (events, connectors) = events(described, secret).await;
    invoke(&connectors, &api, ARN, r#""Method":"GET""#).await.unwrap();
    let asked = api.asked().pop().unwrap();
    assert!(asked.headers.contains("x-key: k") && asked.headers.contains("x-team: t"));
    let asked = events.asked();
    assert_eq!(asked[0].body, r#"{"Name":"c"}"#);
    assert_eq!(parse(&asked[1].body).get("SecretId"), Some(&Value::from("arn:secret")));
}

#[tokio::test]
async fn connections_that_cannot_be_used() {
    let api = api().await;
    let usable = r#"{"ConnectionState":"AUTHORIZED","SecretArn":"a","AuthorizationType":"BASIC",
        "AuthParameters":{"BasicAuthParameters":{"Username":"u"}}}"#;
    let denied = r#"{"__type":"AccessDeniedException","message":"no"}"#;
    for (described, secret, kind) in [
        (r#"{"ConnectionState":"DEAUTHORIZED"}"#, "{}", "InvalidConnectionState"),
        (r#"{"ConnectionState":"AUTHORIZING"}"#, "{}", "AuthInProgress"),
        (r#"{"__type":"ResourceNotFoundException"}"#, "{}", "ResourceNotFound"),
        (denied, "{}", "AccessDenied"),
        (usable, denied, "AccessDenied"),
        (usable, r#"{"SecretString":"no JSON"}"#, "InternalError"),
        (usable, r#"{"SecretString":"{\"username\":\"u\"}"}"#, "InternalError"),
        (usable, "garbage", "InternalError"),
    ] {
        let (_events, connectors) = events(described, secret).await;
        let failure = invoke(&connectors, &api, ARN, r#""Method":"GET""#).await.unwrap_err();
        let expected = format!("Events.ConnectionResource.{kind}");
        assert_eq!(error(&failure).0, expected, "{described} {secret} {failure:?}");
    }
    assert!(api.asked().is_empty());
}
