"""The built binary, driven by the real AWS CLI and boto3."""
