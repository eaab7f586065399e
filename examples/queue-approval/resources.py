"""Makes the queue."""

import boto3

boto3.client("sqs").create_queue(QueueName="approvals")
