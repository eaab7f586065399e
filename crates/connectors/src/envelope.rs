//! What the optimised integrations add to an answer: the older Java SDK's metadata.

use smol_str::SmolStr;
use value::{Object, Value};

/// How services spell the headers whose names reach us in lower case. Recorded, for Lambda,
/// DynamoDB, SQS, SNS and Step Functions.
const SPELLINGS: [&str; 17] = [
    "Connection",
    "Content-Length",
    "Content-Type",
    "Date",
    "Server",
    "Transfer-Encoding",
    "X-Amz-Cf-Id",
    "X-Amz-Executed-Version",
    "X-Amz-Function-Error",
    "X-Amz-Log-Result",
    "X-Amzn-Trace-Id",
    "x-amz-crc32",
    "x-amz-id-2",
    "x-amz-request-id",
    "x-amzn-Remapped-Content-Length",
    "x-amzn-RequestId",
    "x-amzn-query-error",
];

/// Services behind AWS's newer front end spell this header in lower case (recorded).
const LOWER_CASE_CONNECTION: [&str; 3] = ["sqs", "sns", "states"];

/// Adds `SdkHttpMetadata` and `SdkResponseMetadata` and puts all members in order.
pub fn wrap(
    resource_type: &str,
    answer: &Object,
    status: u16,
    headers: &[(String, String)],
    request_id: &str,
) -> Object {
    let mut members: Vec<(SmolStr, Value)> =
        answer.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    members.push(("SdkHttpMetadata".into(), http_metadata(resource_type, status, headers)));
    let id = Value::object([("RequestId", Value::from(request_id))]);
    members.push(("SdkResponseMetadata".into(), id));
    members.sort_by(|a, b| a.0.cmp(&b.0));
    members.into_iter().collect()
}

fn http_metadata(resource_type: &str, status: u16, headers: &[(String, String)]) -> Value {
    let mut all: Vec<(SmolStr, Vec<Value>)> = Vec::new();
    for (name, value) in headers {
        let name = spelling(resource_type, name);
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(Value::from(value.as_str())),
            None => all.push((name, vec![Value::from(value.as_str())])),
        }
    }
    // The last of repeated ones, by name without regard to case: Java's TreeMap.
    let mut last: Vec<(SmolStr, Value)> = all
        .iter()
        .filter_map(|(name, values)| Some((name.clone(), values.last()?.clone())))
        .collect();
    last.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    // As a Java HashMap holds them: by bucket, then by arrival.
    let buckets = buckets(all.len());
    all.sort_by_key(|(name, _)| spread(java_hash(name)) & (buckets - 1));
    let all = all.into_iter().map(|(name, values)| (name, Value::array(values)));
    Value::object([
        ("AllHttpHeaders", Value::object(all)),
        ("HttpHeaders", Value::object(last)),
        ("HttpStatusCode", Value::Int(i64::from(status))),
    ])
}

fn spelling(resource_type: &str, name: &str) -> SmolStr {
    if name.eq_ignore_ascii_case("connection") && LOWER_CASE_CONNECTION.contains(&resource_type) {
        return SmolStr::new_static("connection");
    }
    let known = SPELLINGS.iter().find(|known| known.eq_ignore_ascii_case(name));
    known.map_or_else(|| SmolStr::new(name), |known| SmolStr::new_static(known))
}

/// How many buckets a `HashMap` of that many entries has: 16, doubled at three quarters full.
fn buckets(entries: usize) -> u32 {
    let mut buckets = 16;
    while entries > buckets / 4 * 3 {
        buckets *= 2;
    }
    u32::try_from(buckets).unwrap_or(u32::MAX)
}

/// `String.hashCode`.
fn java_hash(text: &str) -> u32 {
    text.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

/// `HashMap.hash`.
fn spread(hash: u32) -> u32 {
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(resource_type: &str, headers: &[&str]) -> Value {
        let headers: Vec<(String, String)> =
            headers.iter().map(|name| (name.to_string(), "v".to_owned())).collect();
        wrap(resource_type, &Object::default(), 200, &headers, "id").into()
    }

    fn names(value: &Value, key: &str) -> Vec<String> {
        let map = value.get("SdkHttpMetadata").and_then(|http| http.get(key)).unwrap();
        map.as_object().unwrap().keys().map(ToString::to_string).collect()
    }

    #[test]
    fn headers_stand_as_lambda_recorded_them() {
        let wrapped = wrapped(
            "lambda",
            &[
                "date",
                "content-type",
                "content-length",
                "connection",
                "x-amzn-requestid",
                "x-amzn-remapped-content-length",
                "x-amz-executed-version",
                "x-amzn-trace-id",
            ],
        );
        assert_eq!(
            names(&wrapped, "AllHttpHeaders"),
            [
                "X-Amz-Executed-Version",
                "x-amzn-Remapped-Content-Length",
                "Connection",
                "x-amzn-RequestId",
                "Content-Length",
                "Date",
                "X-Amzn-Trace-Id",
                "Content-Type"
            ]
        );
        assert_eq!(
            names(&wrapped, "HttpHeaders"),
            [
                "Connection",
                "Content-Length",
                "Content-Type",
                "Date",
                "X-Amz-Executed-Version",
                "x-amzn-Remapped-Content-Length",
                "x-amzn-RequestId",
                "X-Amzn-Trace-Id"
            ]
        );
    }

    #[test]
    fn headers_stand_as_sqs_recorded_them() {
        let wrapped = wrapped(
            "sqs",
            &["x-amzn-requestid", "date", "content-type", "content-length", "connection"],
        );
        assert_eq!(
            names(&wrapped, "AllHttpHeaders"),
            ["x-amzn-RequestId", "connection", "Content-Length", "Date", "Content-Type"]
        );
        let text = wrapped.to_json();
        assert!(
            text.ends_with(r#""HttpStatusCode":200},"SdkResponseMetadata":{"RequestId":"id"}}"#)
        );
    }
}
