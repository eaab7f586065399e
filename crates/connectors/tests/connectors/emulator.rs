//! SQS, SNS, DynamoDB, EventBridge and Glue, played by moto's server where it is installed.

use connectors::{Config, Connectors, RunError};
use value::Value;

use crate::moto;
use crate::support::{Submitted, call, error, parse, run, smol, text};

/// Connectors to an emulator of their own.
pub struct Moto {
    _server: moto::Moto,
    pub connectors: Connectors,
}

impl Moto {
    /// Starts it; `None`, loudly, where it is not installed.
    pub async fn start() -> Option<Self> {
        let server = moto::Moto::start().await?;
        let aws = server.config();
        let config = Config { aws, http_private_addresses: true, ..Config::default() };
        Some(Self { _server: server, connectors: Connectors::new(config) })
    }

    pub async fn run(
        &self,
        resource: &str,
        parameters: &str,
    ) -> Result<Value, connectors::Failure> {
        run(&self.connectors, call(resource, parse(parameters))).await
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(|key| key.as_str()).collect()
}

#[tokio::test]
async fn services_of_an_emulator() {
    let Some(moto) = Moto::start().await else { return };
    dynamodb(&moto).await;
    queues(&moto).await;
    topics(&moto).await;
    buses(&moto).await;
}

async fn dynamodb(moto: &Moto) {
    let table = r#"{"TableName":"t","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
        "BillingMode":"PAY_PER_REQUEST"}"#;
    moto.run("aws-sdk:dynamodb:createTable", table).await.unwrap();
    let item = r#"{"TableName":"t","Item":{"id":{"S":"1"},"flag":{"BOOL":true}}}"#;
    let put = moto.run("dynamodb:putItem", item).await.unwrap();
    assert_eq!(keys(&put), ["SdkHttpMetadata", "SdkResponseMetadata"]);
    let key = r#"{"TableName":"t","Key":{"id":{"S":"1"}}}"#;
    let got = moto.run("dynamodb:getItem", key).await.unwrap();
    assert_eq!(keys(&got), ["Item", "SdkHttpMetadata", "SdkResponseMetadata"]);
    assert_eq!(got.get("Item"), Some(&parse(r#"{"id":{"S":"1"},"flag":{"BOOL":true}}"#)));
    // As the older SDK takes strings.
    let short = r#"{"TableName":"t","Item":{"id":"2","tags":["a"],"done":{"BOOL":"false"},
        "steps":{"L":["Start",{"M":{"at":"1"}}]}}}"#;
    moto.run("dynamodb:putItem", short).await.unwrap();
    let found =
        moto.run("dynamodb:getItem", r#"{"TableName":"t","Key":{"id":"2"}}"#).await.unwrap();
    let item = found.get("Item").unwrap();
    for (name, long) in [
        ("id", r#"{"S":"2"}"#),
        ("tags", r#"{"SS":["a"]}"#),
        ("done", r#"{"BOOL":false}"#),
        ("steps", r#"{"L":[{"S":"Start"},{"M":{"at":{"S":"1"}}}]}"#),
    ] {
        assert_eq!(item.get(name), Some(&parse(long)));
    }
    // The SDK integration spells attribute types as the newer SDK does.
    let got = moto.run("aws-sdk:dynamodb:getItem", key).await.unwrap();
    assert_eq!(got, parse(r#"{"Item":{"id":{"S":"1"},"flag":{"Bool":true}}}"#));
    let update = r##"{"TableName":"t","Key":{"id":{"S":"1"}},"UpdateExpression":"set n=:n",
        "ExpressionAttributeValues":{":n":{"N":"5"}},"ReturnValues":"UPDATED_NEW"}"##;
    let updated = moto.run("dynamodb:updateItem", update).await.unwrap();
    assert_eq!(updated.get("Attributes"), Some(&parse(r#"{"n":{"N":"5"}}"#)));
    moto.run("dynamodb:deleteItem", key).await.unwrap();
    let missing = r#"{"TableName":"none","Item":{"id":{"S":"1"}}}"#;
    let failure = moto.run("dynamodb:putItem", missing).await.unwrap_err();
    let (name, cause) = error(&failure);
    assert_eq!(name, "DynamoDB.ResourceNotFoundException");
    let form = "(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: \
                ResourceNotFoundException; Request ID: ";
    assert!(cause.contains(form) && cause.ends_with("; Proxy: null)"), "{cause}");
    let failure = moto.run("aws-sdk:dynamodb:putItem", missing).await.unwrap_err();
    let (name, cause) = error(&failure);
    assert_eq!(name, "DynamoDb.ResourceNotFoundException");
    assert!(cause.contains("(Service: DynamoDb, Status Code: 400, Request ID: "), "{cause}");
}

async fn queues(moto: &Moto) {
    let queue = moto.run("aws-sdk:sqs:createQueue", r#"{"QueueName":"q"}"#).await.unwrap();
    let url = text(&queue, "QueueUrl");
    let message = format!(r#"{{"QueueUrl":"{url}","MessageBody":{{"a": 1}}}}"#);
    let sent = moto.run("sqs:sendMessage", &message).await.unwrap();
    assert_eq!(
        keys(&sent),
        ["MD5OfMessageBody", "MessageId", "SdkHttpMetadata", "SdkResponseMetadata"]
    );
    let receive = format!(r#"{{"QueueUrl":"{url}"}}"#);
    let received = moto.run("aws-sdk:sqs:receiveMessage", &receive).await.unwrap();
    let bodies = received.get("Messages").unwrap().as_array().unwrap();
    assert_eq!(text(&bodies[0], "Body"), r#"{"a":1}"#);
    let mut submitted = Submitted::default();
    let task = call("sqs:sendMessage.waitForTaskToken", parse(&message));
    assert_eq!(moto.connectors.run(task, &mut submitted).await, Ok(None));
    assert!(!text(&submitted.0.unwrap(), "MessageId").is_empty());
    let nowhere = message.replace("/q\"", "/nowhere\"");
    let failure = moto.run("sqs:sendMessage", &nowhere).await.unwrap_err();
    assert!(error(&failure).0.starts_with("SQS."), "{failure:?}");
    let task = call("sqs:sendMessage.waitForTaskToken", parse(&nowhere));
    let refused = moto.connectors.run(task, &mut Submitted::default()).await;
    assert!(matches!(refused, Err(RunError::Submit(_))), "{refused:?}");
}

async fn topics(moto: &Moto) {
    let topic = moto.run("aws-sdk:sns:createTopic", r#"{"Name":"t"}"#).await.unwrap();
    let arn = text(&topic, "TopicArn");
    let message = format!(r#"{{"TopicArn":"{arn}","Message":{{"m":1}}}}"#);
    let sent = moto.run("sns:publish", &message).await.unwrap();
    assert_eq!(keys(&sent), ["MessageId", "SdkHttpMetadata", "SdkResponseMetadata"]);
    let nowhere = message.replace(":t\"", ":nowhere\"");
    let failure = moto.run("sns:publish", &nowhere).await.unwrap_err();
    let (name, cause) = error(&failure);
    assert_eq!(name, "SNS.NotFoundException");
    assert!(
        cause.contains("(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; "),
        "{cause}"
    );
}

async fn buses(moto: &Moto) {
    let entries = r#"{"Entries":[{"Detail":{"a":1},"DetailType":"d","Source":"s"}]}"#;
    let put = moto.run("events:putEvents", entries).await.unwrap();
    assert_eq!(
        keys(&put),
        ["Entries", "FailedEntryCount", "SdkHttpMetadata", "SdkResponseMetadata"]
    );
    let entries = r#"{"Entries":[{"Detail":{"a":1},"DetailType":"d"}]}"#;
    let failure = moto.run("events:putEvents", entries).await.unwrap_err();
    let (name, cause) = error(&failure);
    assert_eq!(name, "EventBridge.FailedEntry");
    let cause = parse(cause);
    assert_eq!(keys(&cause), ["Entries", "FailedEntryCount"]);
    assert_eq!(cause.get("FailedEntryCount"), Some(&Value::Int(1)));
}

/// A role that may be assumed is assumed before the call.
#[tokio::test]
async fn a_role_is_assumed_for_one_task() {
    let Some(moto) = Moto::start().await else { return };
    let mut task = call("aws-sdk:sts:getCallerIdentity", parse("{}"));
    let arn = |value: &Value| text(value, "Arn").to_owned();
    let own = run(&moto.connectors, task.clone()).await.unwrap();
    task.role_arn = Some(smol("arn:aws:iam::123456789012:role/other"));
    let assumed = run(&moto.connectors, task).await.unwrap();
    assert_ne!(arn(&own), arn(&assumed));
    assert!(arn(&assumed).contains("assumed-role/other/"), "{assumed:?}");
}
