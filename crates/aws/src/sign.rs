//! Signature Version 4 of outgoing requests.

use value::Timestamp;

use crate::credentials::Credentials;
use crate::digest::{hex, hmac_sha256, sha256_hex};
use crate::escape;

/// The body hash of a request whose body is not signed.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The header that carries the body's hash.
const BODY_HASH: &str = "x-amz-content-sha256";

/// Headers that proxies and clients change on the way, so they are not signed.
const NOT_SIGNED: [&str; 9] = [
    "authorization",
    "baggage",
    "connection",
    "expect",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "user-agent",
    "x-amzn-trace-id",
];

/// What a signature covers.
pub struct Signable<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// Host, with the port where it is not the scheme's own.
    pub host: &'a str,
    /// The percent-encoded path.
    pub path: &'a str,
    /// The query, not encoded.
    pub query: &'a [(String, String)],
    /// The headers, without `host`.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
    /// Whether the body takes part.
    pub sign_body: bool,
}

/// Who signs, when, and for what.
pub struct Scope<'a> {
    /// The keys.
    pub credentials: &'a Credentials,
    /// The region of the signature.
    pub region: &'a str,
    /// The service name of the signature.
    pub service: &'a str,
    /// The time of the signature.
    pub time: Timestamp,
}

impl Scope<'_> {
    /// S3 and its kin sign the path as it is sent and carry the body's hash in a header.
    fn is_s3(&self) -> bool {
        matches!(self.service, "s3" | "s3-outposts" | "s3-object-lambda" | "s3express")
    }
}

/// The headers to add to the request: date, token, body hash and `authorization`.
pub fn sign(request: &Signable<'_>, scope: &Scope<'_>) -> Vec<(String, String)> {
    let stamp = stamp(scope.time);
    let given = crate::http::header(request.headers, BODY_HASH);
    let body_hash = match given {
        Some(given) => given.to_owned(),
        None if request.sign_body => sha256_hex(request.body),
        None => UNSIGNED_PAYLOAD.to_owned(),
    };
    let mut added = vec![("x-amz-date".to_owned(), stamp.clone())];
    if let Some(token) = &scope.credentials.session_token {
        added.push(("x-amz-security-token".to_owned(), token.to_string()));
    }
    if given.is_none() && (scope.is_s3() || !request.sign_body) {
        added.push((BODY_HASH.to_owned(), body_hash.clone()));
    }
    let (names, headers) = canonical_headers(request, &added);
    let signature = signature(
        request,
        scope,
        (&stamp, &names, &headers),
        (&canonical_query(request.query), &body_hash),
    );
    let credential = credential(scope, &stamp[..8]);
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    );
    added.push(("authorization".to_owned(), authorization));
    added
}

/// The query of an address that carries its signature, good for `seconds`: whoever has the
/// address and sends the signed headers may make the call.
pub fn presign(request: &Signable<'_>, scope: &Scope<'_>, seconds: u64) -> Vec<(String, String)> {
    let stamp = stamp(scope.time);
    let (names, headers) = canonical_headers(request, &[]);
    let mut query = request.query.to_vec();
    let mut add = |name: &str, value: String| query.push((name.to_owned(), value));
    add("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned());
    add("X-Amz-Credential", credential(scope, &stamp[..8]));
    add("X-Amz-Date", stamp.clone());
    add("X-Amz-Expires", seconds.to_string());
    add("X-Amz-SignedHeaders", names.clone());
    if let Some(token) = &scope.credentials.session_token {
        add("X-Amz-Security-Token", token.to_string());
    }
    let hash = sha256_hex(request.body);
    let parts = (stamp.as_str(), names.as_str(), headers.as_str());
    let signature = signature(request, scope, parts, (&canonical_query(&query), &hash));
    query.push(("X-Amz-Signature".to_owned(), signature));
    query
}

/// `AKID/20150830/us-east-1/iam/aws4_request`.
fn credential(scope: &Scope<'_>, date: &str) -> String {
    format!("{}/{}", scope.credentials.access_key_id, range(scope, date))
}

fn range(scope: &Scope<'_>, date: &str) -> String {
    format!("{date}/{}/{}/aws4_request", scope.region, scope.service)
}

/// The signature of a request, given its time, signed headers, query and body's hash.
fn signature(
    request: &Signable<'_>,
    scope: &Scope<'_>,
    (stamp, names, headers): (&str, &str, &str),
    (query, body_hash): (&str, &str),
) -> String {
    let path = canonical_path(request.path, scope.is_s3());
    let method = request.method;
    let canonical = format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{body_hash}");
    let date = &stamp[..8];
    let range = range(scope, date);
    let text = format!("AWS4-HMAC-SHA256\n{stamp}\n{range}\n{}", sha256_hex(canonical.as_bytes()));
    hex(hmac_sha256(&signing_key(scope, date), text.as_bytes()).as_ref())
}

/// `20150830T123600Z`.
fn stamp(time: Timestamp) -> String {
    let (year, month, day, ms) = time.civil();
    let seconds = ms / 1000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

fn signing_key(scope: &Scope<'_>, date: &str) -> Vec<u8> {
    let secret = format!("AWS4{}", scope.credentials.secret_access_key);
    let key = hmac_sha256(secret.as_bytes(), date.as_bytes());
    let key = hmac_sha256(key.as_ref(), scope.region.as_bytes());
    let key = hmac_sha256(key.as_ref(), scope.service.as_bytes());
    hmac_sha256(key.as_ref(), b"aws4_request").as_ref().to_vec()
}

/// The names that are signed, and their lines.
fn canonical_headers(request: &Signable<'_>, added: &[(String, String)]) -> (String, String) {
    let mut lines: Vec<(String, String)> = request
        .headers
        .iter()
        .chain(added)
        .map(|(name, value)| (name.to_ascii_lowercase(), squeeze(value)))
        .filter(|(name, _)| !NOT_SIGNED.contains(&name.as_str()))
        .collect();
    lines.push(("host".to_owned(), request.host.to_owned()));
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    lines.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1.push(',');
            kept.1.push_str(&next.1);
        }
        same
    });
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let text = lines.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    (names.join(";"), text)
}

/// Trims, and makes one space of several.
fn squeeze(value: &str) -> String {
    value.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// S3 signs the path as sent; everyone else signs it normalised and encoded once more.
fn canonical_path(path: &str, as_sent: bool) -> String {
    if as_sent {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let mut out = format!("/{}", parts.join("/"));
    if path.ends_with('/') && !parts.is_empty() {
        out.push('/');
    }
    escape::path(&out)
}

fn canonical_query(pairs: &[(String, String)]) -> String {
    let mut encoded: Vec<(String, String)> = pairs
        .iter()
        .map(|(key, value)| (escape::component(key), escape::component(value)))
        .collect();
    encoded.sort();
    let pairs: Vec<String> =
        encoded.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of AWS's own documentation of Signature Version 4 (IAM `ListUsers`).
    #[test]
    fn the_documented_example() {
        let credentials = Credentials::new(
            "AKIDEXAMPLE",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            None::<&str>,
        );
        let query =
            [("Action".into(), "ListUsers".into()), ("Version".into(), "2010-05-08".into())];
        let content_type = "application/x-www-form-urlencoded; charset=utf-8";
        let request = Signable {
            method: "GET",
            host: "iam.amazonaws.com",
            path: "/",
            query: &query,
            headers: &[("Content-Type".into(), content_type.into())],
            body: b"",
            sign_body: true,
        };
        let time = Timestamp::parse("2015-08-30T12:36:00Z").unwrap();
        let scope = Scope { credentials: &credentials, region: "us-east-1", service: "iam", time };
        let added = sign(&request, &scope);
        assert_eq!(
            added.last().unwrap().1,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        );
    }
    /// As botocore presigns it for `aws eks get-token`.
    #[test]
    fn a_presigned_address() {
        let credentials = Credentials::new("AKIDEXAMPLE", "SECRET/+", Some("TOKEN+/="));
        let query = [
            ("Action".into(), "GetCallerIdentity".into()),
            ("Version".into(), "2011-06-15".into()),
        ];
        let request = Signable {
            method: "GET",
            host: "sts.eu-west-1.amazonaws.com",
            path: "/",
            query: &query,
            headers: &[("x-k8s-aws-id".into(), "my-cluster".into())],
            body: b"",
            sign_body: true,
        };
        let time = Timestamp::parse("2015-08-30T12:36:00Z").unwrap();
        let scope = Scope { credentials: &credentials, region: "eu-west-1", service: "sts", time };
        let signed = presign(&request, &scope, 60);
        let found = |name: &str| {
            let pair = signed.iter().find(|(key, _)| key == name);
            pair.map(|(_, value)| value.as_str()).unwrap()
        };
        assert_eq!(found("X-Amz-SignedHeaders"), "host;x-k8s-aws-id");
        assert_eq!(
            found("X-Amz-Signature"),
            "40189ed9476d35b92ad8cb63fe57487ed0ad31399038e0656bbfd367be4096f3"
        );
    }
}
