"""Makes the table, the topic and the queue; a second queue hears what the topic says."""

import boto3

boto3.client("dynamodb").create_table(
    TableName="orders",
    KeySchema=[{"AttributeName": "orderId", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "orderId", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)
sqs, sns = boto3.client("sqs"), boto3.client("sns")
sqs.create_queue(QueueName="packing")
sqs.create_queue(QueueName="newsletter")
topic = sns.create_topic(Name="orders")["TopicArn"]
sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:newsletter")
