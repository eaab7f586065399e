//! Which IAM action an API action needs.

use super::pack::service;

/// The IAM action of `service:action`, such as `states:StartExecution` for `sfn:startExecution`.
///
/// IAM knows a service by its name in signatures, and an action by its operation, but for the
/// exceptions below (Service Authorization Reference).
pub fn iam_action(service_name: &str, action: &str) -> String {
    let Some(service) = service(service_name) else {
        return format!("{service_name}:{}", super::names::capitalize(action));
    };
    let operation = service
        .operation(action)
        .map_or_else(|| super::names::capitalize(action).into(), |known| known.name.clone());
    let prefix = match service.name.as_str() {
        "cloudwatch" => "cloudwatch",
        "pricing" => "pricing",
        _ => service.signing_name.as_str(),
    };
    let name = match (prefix, operation.as_str()) {
        ("lambda", "Invoke") => "InvokeFunction",
        ("s3", "ListObjects" | "ListObjectsV2" | "HeadBucket") => "ListBucket",
        ("s3", "ListObjectVersions") => "ListBucketVersions",
        ("s3", "HeadObject") => "GetObject",
        ("s3", "CopyObject" | "CreateMultipartUpload" | "UploadPart" | "UploadPartCopy") => {
            "PutObject"
        }
        ("s3", "CompleteMultipartUpload") => "PutObject",
        ("s3", "DeleteObjects") => "DeleteObject",
        ("s3", "ListBuckets") => "ListAllMyBuckets",
        ("s3", "ListMultipartUploads") => "ListBucketMultipartUploads",
        ("s3", "ListParts") => "ListMultipartUploadParts",
        ("dynamodb", "TransactGetItems") => "GetItem",
        ("dynamodb", "TransactWriteItems") => "PutItem",
        ("dynamodb", "ExecuteStatement" | "BatchExecuteStatement" | "ExecuteTransaction") => {
            "PartiQLSelect"
        }
        ("bedrock", "Converse") => "InvokeModel",
        (_, name) => name,
    };
    format!("{prefix}:{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions() {
        for (service, action, iam) in [
            ("sfn", "startExecution", "states:StartExecution"),
            ("lambda", "invoke", "lambda:InvokeFunction"),
            ("s3", "listObjectsV2", "s3:ListBucket"),
            ("cloudwatchlogs", "putLogEvents", "logs:PutLogEvents"),
            ("eventbridge", "putEvents", "events:PutEvents"),
            ("elasticloadbalancingv2", "describeRules", "elasticloadbalancing:DescribeRules"),
            ("emr", "runJobFlow", "elasticmapreduce:RunJobFlow"),
            ("efs", "describeFileSystems", "elasticfilesystem:DescribeFileSystems"),
            ("costexplorer", "getCostAndUsage", "ce:GetCostAndUsage"),
            ("databasemigration", "startReplicationTask", "dms:StartReplicationTask"),
            ("cloudwatch", "putMetricData", "cloudwatch:PutMetricData"),
            ("bedrockruntime", "invokeModel", "bedrock:InvokeModel"),
            ("sesv2", "sendEmail", "ses:SendEmail"),
            ("cognitoidentityprovider", "adminGetUser", "cognito-idp:AdminGetUser"),
            ("redshiftdata", "executeStatement", "redshift-data:ExecuteStatement"),
        ] {
            assert_eq!(iam_action(service, action), iam);
        }
    }
}
