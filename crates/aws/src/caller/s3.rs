//! What is peculiar to S3: the bucket in the host, and errors under a good status.

use crate::endpoint::Endpoint;
use crate::escape;
use crate::http::Response;
use crate::model::Service;
use crate::protocol::Wire;

/// Moves the bucket from the path to the host, as S3 wants it, but not for an address that a user
/// set (emulators know no such hosts) nor for a name that is no host name.
pub fn place(endpoint: &mut Endpoint, wire: &mut Wire) {
    if endpoint.custom {
        return;
    }
    let Some(rest) = wire.path.strip_prefix('/') else { return };
    let (bucket, key) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let bucket = escape::decode(bucket);
    let host = match access_point(&bucket) {
        Some(host) => Some(host),
        None if is_host_name(&bucket) => Some(format!("{bucket}.{}", endpoint.host)),
        None => None,
    };
    if let Some(host) = host {
        endpoint.host = host;
        wire.path = if key.is_empty() { "/".to_owned() } else { key.to_owned() };
    }
}

/// The host of `arn:aws:s3:region:account:accesspoint/name`.
fn access_point(arn: &str) -> Option<String> {
    let mut parts = arn.strip_prefix("arn:")?.splitn(5, ':');
    let (_, service, region) = (parts.next()?, parts.next()?, parts.next()?);
    let (account, resource) = (parts.next()?, parts.next()?);
    let name = resource.strip_prefix("accesspoint").and_then(|rest| rest.get(1..))?;
    if service != "s3" || !is_host_name(name) || !is_host_name(account) {
        return None;
    }
    let partition = crate::model::partition_of(region)?;
    Some(format!("{name}-{account}.s3-accesspoint.{region}.{}", partition.dns_suffix))
}

/// 3 to 63 lower-case letters, digits and hyphens. A dot would not match AWS's certificate.
fn is_host_name(bucket: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=63).contains(&bucket.len())
        && bucket.bytes().all(fits)
        && !bucket.starts_with('-')
        && !bucket.ends_with('-')
}

/// Whether a good answer of S3 holds an error.
pub fn is_error(service: &Service, response: &Response) -> bool {
    if service.name != "s3" {
        return false;
    }
    let start = response.body.get(..200.min(response.body.len())).unwrap_or_default();
    let text = String::from_utf8_lossy(start);
    let is_xml = response.header("content-type").is_none_or(|kind| kind.contains("xml"));
    let body = text.trim_start();
    let body = match body.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest).trim_start(),
        None => body,
    };
    is_xml && (body.starts_with("<Error>") || body.starts_with("<Error "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(path: &str) -> String {
        let mut endpoint = Endpoint {
            scheme: "https".into(),
            host: "s3.eu-west-1.amazonaws.com".into(),
            path: String::new(),
            region: "eu-west-1".into(),
            custom: false,
        };
        let mut wire = Wire { path: path.to_owned(), ..Wire::default() };
        place(&mut endpoint, &mut wire);
        format!("{}{}", endpoint.host, wire.path)
    }

    #[test]
    fn buckets_in_the_host() {
        assert_eq!(placed("/"), "s3.eu-west-1.amazonaws.com/");
        assert_eq!(placed("/my-bucket"), "my-bucket.s3.eu-west-1.amazonaws.com/");
        assert_eq!(placed("/my-bucket/a/b%20c"), "my-bucket.s3.eu-west-1.amazonaws.com/a/b%20c");
        assert_eq!(placed("/my.bucket/a"), "s3.eu-west-1.amazonaws.com/my.bucket/a");
        assert_eq!(placed("/My_Bucket/a"), "s3.eu-west-1.amazonaws.com/My_Bucket/a");
        assert_eq!(
            placed("/arn%3Aaws%3As3%3Aeu-west-1%3A111111111111%3Aaccesspoint%2Fap-1/k"),
            "ap-1-111111111111.s3-accesspoint.eu-west-1.amazonaws.com/k"
        );
    }
}
