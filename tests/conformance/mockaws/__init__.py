"""The AWS services that recorded executions call, as far as the recordings need them.

Queues, buckets, topics, event buses and logs keep real state, because the state machines and the steps
talk to each other through it. Lambda, DynamoDB and Secrets Manager give their recorded answers.
"""
