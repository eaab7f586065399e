//! Whole calls against moto, an independent emulator of AWS, where Python has it.

use aws::{Call, CallError, Client, Config, Spelling};
use value::{Value, json};

use super::moto::Moto;

fn client(moto: &Moto) -> Client {
    Client::new(Config { region: Some("eu-west-1".into()), ..moto.config() })
}

async fn ask(
    client: &Client,
    service: &str,
    action: &str,
    input: &str,
) -> Result<Value, CallError> {
    let input = json::parse(input).unwrap();
    client.call(Call::new(service, action, input)).await.map(|answer| answer.output)
}

async fn get(client: &Client, service: &str, action: &str, input: &str) -> Value {
    match ask(client, service, action, input).await {
        Ok(output) => output,
        Err(error) => panic!("{service}:{action}: {error}"),
    }
}

async fn error(client: &Client, service: &str, action: &str, input: &str) -> (String, String) {
    match ask(client, service, action, input).await {
        Err(CallError::Service(error)) => (error.name.to_string(), error.to_string()),
        other => panic!("{service}:{action}: {other:?}"),
    }
}

fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, key| {
        let item = key.parse().ok().and_then(|at: usize| value.as_array()?.get(at));
        item.or_else(|| value.get(key))
            .unwrap_or_else(|| panic!("no {path} in {}", value.to_json()))
    })
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    at(value, path).as_str().unwrap_or_else(|| panic!("{path} is no text"))
}

#[tokio::test]
async fn services() {
    let Some(moto) = Moto::start().await else { return };
    let client = client(&moto);
    dynamodb(&client).await;
    s3(&client).await;
    sqs_and_sns(&client).await;
    ec2_and_rds(&client).await;
    iam_and_sts(&client).await;
    others(&client).await;
}

async fn dynamodb(client: &Client) {
    let table = r#"{"TableName":"t","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
        "BillingMode":"PAY_PER_REQUEST"}"#;
    let made = get(client, "dynamodb", "createTable", table).await;
    let created = text(&made, "TableDescription.CreationDateTime");
    assert!(value::Timestamp::parse(created).is_some(), "{created}");
    let item = r#"{"TableName":"t","Item":{"id":{"S":"ü"},"n":{"N":"1.50"},"b":{"Bool":true},
        "l":{"L":[{"Nul":true},{"M":{"x":{"Ss":["a","b"]}}}]}}}"#;
    assert_eq!(get(client, "dynamodb", "putItem", item).await.to_json(), "{}");
    let key = r#"{"TableName":"t","Key":{"id":{"S":"ü"}}}"#;
    let got = get(client, "dynamodb", "getItem", key).await;
    let put = json::parse(item).unwrap();
    assert_eq!(at(&got, "Item"), at(&put, "Item"));

    let mut call = Call::new("dynamodb", "getItem", json::parse(key).unwrap());
    call.spelling = Spelling::Service;
    let got = client.call(call).await.unwrap();
    assert_eq!(at(&got.output, "Item.b.BOOL"), &Value::Bool(true));
    assert!(!got.request_id.is_empty());

    let (name, cause) =
        error(client, "dynamodb", "getItem", r#"{"TableName":"no","Key":{}}"#).await;
    assert!(name.starts_with("DynamoDb."), "{name}");
    assert!(cause.contains("(Service: DynamoDb, Status Code: 400, Request ID: "), "{cause}");
}

async fn s3(client: &Client) {
    let bucket =
        r#"{"Bucket":"b-1","CreateBucketConfiguration":{"LocationConstraint":"eu-west-1"}}"#;
    get(client, "s3", "createBucket", bucket).await;
    let put = get(
        client,
        "s3",
        "putObject",
        r#"{"Bucket":"b-1","Key":"a b/ü+1.txt","Body":"text data","ContentType":"text/plain",
            "Metadata":{"Who":"me"},"Tagging":"k=v"}"#,
    )
    .await;
    // As recorded for the same text.
    assert_eq!(text(&put, "ETag"), "\"2b5df3712557f503a9977a8ea893b2c9\"");
    let got = get(client, "s3", "getObject", r#"{"Bucket":"b-1","Key":"a b/ü+1.txt"}"#).await;
    assert_eq!(text(&got, "Body"), "\"text data\"");
    assert_eq!(at(&got, "ContentLength"), &Value::Int(11));
    assert_eq!(text(&got, "Metadata.who"), "me");
    assert!(text(&got, "LastModified").ends_with('Z'));
    assert_eq!(got.as_object().unwrap().keys().last().unwrap(), "Body");

    let untyped = r#"{"Bucket":"b-1","Key":"untyped","Body":[1]}"#;
    get(client, "s3", "putObject", untyped).await;
    let got = get(client, "s3", "headObject", r#"{"Bucket":"b-1","Key":"untyped"}"#).await;
    assert_eq!(text(&got, "ContentType"), "text/plain; charset=UTF-8");

    let listed = get(client, "s3", "listObjectsV2", r#"{"Bucket":"b-1","Prefix":"a b/"}"#).await;
    assert_eq!(at(&listed, "KeyCount"), &Value::Int(1));
    assert_eq!(text(&listed, "Contents.0.Key"), "a b/ü+1.txt");
    assert_eq!(at(&listed, "Contents.0.Size"), &Value::Int(11));
    let place = get(client, "s3", "getBucketLocation", r#"{"Bucket":"b-1"}"#).await;
    assert_eq!(place.to_json(), r#"{"LocationConstraint":"eu-west-1"}"#);

    let tagging = r#"{"Bucket":"b-1","Tagging":{"TagSet":[{"Key":"a","Value":"<&>"}]}}"#;
    get(client, "s3", "putBucketTagging", tagging).await;
    let tags = get(client, "s3", "getBucketTagging", r#"{"Bucket":"b-1"}"#).await;
    assert_eq!(text(&tags, "TagSet.0.Value"), "<&>");

    let gone = r#"{"Bucket":"b-1","Delete":{"Objects":[{"Key":"a b/ü+1.txt"}]}}"#;
    let gone = get(client, "s3", "deleteObjects", gone).await;
    assert_eq!(text(&gone, "Deleted.0.Key"), "a b/ü+1.txt");
    let (name, cause) = error(client, "s3", "getObject", r#"{"Bucket":"b-1","Key":"no"}"#).await;
    assert_eq!(name, "S3.NoSuchKeyException");
    assert!(cause.starts_with("The specified key does not exist. (Service: S3, Status Code: 404"));
    let (name, _) = error(client, "s3", "listObjects", r#"{"Bucket":"nowhere"}"#).await;
    assert_eq!(name, "S3.NoSuchBucketException");
    let (name, _) = error(client, "s3", "headObject", r#"{"Bucket":"b-1","Key":"no"}"#).await;
    assert_eq!(name, "S3.NoSuchKeyException");
    assert_eq!(text(&get(client, "s3", "listBuckets", "{}").await, "Buckets.0.Name"), "b-1");
}

async fn sqs_and_sns(client: &Client) {
    let queue = get(client, "sqs", "createQueue", r#"{"QueueName":"q"}"#).await;
    let url = text(&queue, "QueueUrl").to_owned();
    let send = format!(
        r#"{{"QueueUrl":"{url}","MessageBody":{{"a":1}},
            "MessageAttributes":{{"k":{{"DataType":"Binary","BinaryValue":"bytes"}}}}}}"#
    );
    let sent = get(client, "sqs", "sendMessage", &send).await;
    assert!(!text(&sent, "Md5OfMessageBody").is_empty());
    let receive = format!(r#"{{"QueueUrl":"{url}","MessageAttributeNames":["All"]}}"#);
    let got = get(client, "sqs", "receiveMessage", &receive).await;
    assert_eq!(text(&got, "Messages.0.Body"), r#"{"a":1}"#);
    assert_eq!(text(&got, "Messages.0.MessageAttributes.k.BinaryValue"), "bytes");
    let missing = format!(r#"{{"QueueUrl":"{url}x","MessageBody":"m"}}"#);
    let (name, _) = error(client, "sqs", "sendMessage", &missing).await;
    assert_eq!(name, "Sqs.QueueDoesNotExistException");

    let topic =
        get(client, "sns", "createTopic", r#"{"Name":"t","Attributes":{"DisplayName":"d"}}"#);
    let topic = text(&topic.await, "TopicArn").to_owned();
    let publish = format!(
        r#"{{"TopicArn":"{topic}","Message":"m & <n>","MessageAttributes":
            {{"k":{{"DataType":"String","StringValue":"v"}}}}}}"#
    );
    assert!(!text(&get(client, "sns", "publish", &publish).await, "MessageId").is_empty());
    let attributes = format!(r#"{{"TopicArn":"{topic}"}}"#);
    let attributes = get(client, "sns", "getTopicAttributes", &attributes).await;
    assert_eq!(text(&attributes, "Attributes.DisplayName"), "d");
    let missing = format!(r#"{{"TopicArn":"{topic}x","Message":"m"}}"#);
    let (name, _) = error(client, "sns", "publish", &missing).await;
    assert_eq!(name, "Sns.NotFoundException");
}

async fn ec2_and_rds(client: &Client) {
    let vpc = get(client, "ec2", "createVpc", r#"{"CidrBlock":"10.9.0.0/16"}"#).await;
    let vpc = text(&vpc, "Vpc.VpcId").to_owned();
    let tags = format!(r#"{{"Resources":["{vpc}"],"Tags":[{{"Key":"Name","Value":"a b"}}]}}"#);
    get(client, "ec2", "createTags", &tags).await;
    let filter = r#"{"Filters":[{"Name":"tag:Name","Values":["a b"]}]}"#;
    let found = get(client, "ec2", "describeVpcs", filter).await;
    assert_eq!(text(&found, "Vpcs.0.VpcId"), vpc);
    assert_eq!(at(&found, "Vpcs.0.IsDefault"), &Value::Bool(false));
    let none = get(client, "ec2", "describeInstances", "{}").await;
    assert_eq!(at(&none, "Reservations").to_json(), "[]");
    let missing = r#"{"InstanceIds":["i-00000000000000000"]}"#;
    let (name, cause) = error(client, "ec2", "describeInstances", missing).await;
    assert_eq!(name, "Ec2.Ec2Exception");
    assert!(cause.contains("(Service: Ec2, Status Code: 400, Request ID: "), "{cause}");

    let made = get(
        client,
        "rds",
        "createDBInstance",
        r#"{"DbInstanceIdentifier":"db1","DbInstanceClass":"db.t3.micro","Engine":"postgres",
            "AllocatedStorage":20,"MasterUsername":"u","MasterUserPassword":"password"}"#,
    )
    .await;
    assert_eq!(text(&made, "DbInstance.DbInstanceIdentifier"), "db1");
    let found = get(client, "rds", "describeDBInstances", "{}").await;
    assert!(!text(&found, "DbInstances.0.DbInstanceStatus").is_empty());
    let missing = r#"{"DbInstanceIdentifier":"nope"}"#;
    let (name, _) = error(client, "rds", "describeDBInstances", missing).await;
    assert_eq!(name, "Rds.DbInstanceNotFoundException");
}

async fn iam_and_sts(client: &Client) {
    let role = r#"{"RoleName":"R","AssumeRolePolicyDocument":"{}","Path":"/x/",
        "Tags":[{"Key":"a","Value":"b"}]}"#;
    let role = get(client, "iam", "createRole", role).await;
    let arn = text(&role, "Role.Arn").to_owned();
    assert_eq!(text(&role, "Role.Tags.0.Value"), "b");
    let (name, _) = error(client, "iam", "getRole", r#"{"RoleName":"none"}"#).await;
    assert_eq!(name, "Iam.NoSuchEntityException");
    let me = get(client, "sts", "getCallerIdentity", "{}").await;
    assert_eq!(text(&me, "Account"), "123456789012");
    let keys = client.assume_role(&arn, "session", None).await.unwrap();
    assert!(keys.session_token.is_some() && keys.expires.is_some());
    let hidden = ask(client, "sts", "assumeRole", "{}").await.unwrap_err();
    assert!(matches!(hidden, CallError::Unknown(_)));
}

async fn others(client: &Client) {
    let secret = r#"{"Name":"s","SecretString":{"user":"u"}}"#;
    get(client, "secretsmanager", "createSecret", secret).await;
    let secret = get(client, "secretsmanager", "getSecretValue", r#"{"SecretId":"s"}"#).await;
    assert_eq!(text(&secret, "SecretString"), r#"{"user":"u"}"#);
    assert_eq!(get(client, "lambda", "listFunctions", "{}").await.to_json(), r#"{"Functions":[]}"#);
    let (name, _) = error(client, "lambda", "invoke", r#"{"FunctionName":"no"}"#).await;
    assert_eq!(name, "Lambda.ResourceNotFoundException");
    let zone =
        get(client, "route53", "createHostedZone", r#"{"Name":"x.org","CallerReference":"1"}"#);
    let zone = text(&zone.await, "HostedZone.Id").to_owned();
    let records = format!(r#"{{"HostedZoneId":"{}"}}"#, zone.trim_start_matches("/hostedzone/"));
    let records = get(client, "route53", "listResourceRecordSets", &records).await;
    assert_eq!(text(&records, "ResourceRecordSets.0.Name"), "x.org.");
    let put = r#"{"Name":"/a/b","Value":"v","Type":"String"}"#;
    get(client, "ssm", "putParameter", put).await;
    let (name, _) = error(client, "ssm", "getParameter", r#"{"Name":"none"}"#).await;
    assert_eq!(name, "Ssm.ParameterNotFoundException");
    let entry = r#"{"Entries":[{"Source":"s","DetailType":"d","Detail":{"a":1}}]}"#;
    let entry = get(client, "eventbridge", "putEvents", entry).await;
    assert_eq!(at(&entry, "FailedEntryCount"), &Value::Int(0));
    let metric = r#"{"Namespace":"N","MetricData":[{"MetricName":"m","Value":1.5,
        "Timestamp":"2026-01-02T03:04:05Z","Dimensions":[{"Name":"a","Value":"b"}]}]}"#;
    get(client, "cloudwatch", "putMetricData", metric).await;
    let api = get(client, "apigateway", "createRestApi", r#"{"Name":"api"}"#).await;
    assert!(value::Timestamp::parse(text(&api, "CreatedDate")).is_some());
    let key = get(client, "kms", "createKey", "{}").await;
    let key = text(&key, "KeyMetadata.KeyId").to_owned();
    let encrypt = format!(r#"{{"KeyId":"{key}","Plaintext":"plain"}}"#);
    assert!(!text(&get(client, "kms", "encrypt", &encrypt).await, "CiphertextBlob").is_empty());
}
