//! The checksums that requests must carry.

use value::Value;

use crate::digest::{base64, crc32_base64, md5_base64};
use crate::http::header;
use crate::protocol::{Context, Wire};

/// The header that says which checksum the request carries.
const ALGORITHM: &str = "x-amz-sdk-checksum-algorithm";

/// Adds a checksum of the body where the operation takes one. CRC-32 is what the SDKs send unless
/// the caller chooses otherwise; S3's recorded answers show it.
pub fn add(context: Context<'_>, input: &Value, wire: &mut Wire) {
    let operation = context.operation;
    let Some(member) = &operation.checksum_member else {
        if operation.checksum_required && header(&wire.headers, "content-md5").is_none() {
            wire.headers.push(("content-md5".to_owned(), md5_base64(&wire.body)));
        }
        return;
    };
    let given = |(name, _): &(String, String)| {
        name.starts_with("x-amz-checksum-")
            && !matches!(name.as_str(), "x-amz-checksum-type" | "x-amz-checksum-algorithm")
    };
    if wire.headers.iter().any(given) {
        return;
    }
    let shown = context
        .service
        .input(operation)
        .and_then(|structure| structure.members.iter().find(|known| known.name == *member))
        .map(|member| member.shown(context.spelling).clone());
    let chosen = shown.and_then(|name| input.get(&name)).and_then(Value::as_str);
    let (name, sum) = match chosen {
        Some("SHA256") => ("sha256", sha(&ring::digest::SHA256, &wire.body)),
        Some("SHA1") => ("sha1", sha(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &wire.body)),
        _ => ("crc32", crc32_base64(&wire.body)),
    };
    if name == "crc32" {
        wire.headers.retain(|(name, _)| name != ALGORITHM);
        wire.headers.push((ALGORITHM.to_owned(), "CRC32".to_owned()));
    }
    wire.headers.push((format!("x-amz-checksum-{name}"), sum));
}

fn sha(algorithm: &'static ring::digest::Algorithm, bytes: &[u8]) -> String {
    base64(ring::digest::digest(algorithm, bytes).as_ref())
}
