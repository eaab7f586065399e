//! The embedded pack of service models: each service is unpacked when it is first asked for.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, LazyLock, OnceLock};

use ruzstd::decoding::{Dictionary, FrameDecoder, StreamingDecoder};
use smol_str::SmolStr;
use value::Value;

use super::load;
use super::shape::Service;

/// Written by `models/build.py`.
static PACK: &[u8] = include_bytes!("../../models/models.pack");
const MAGIC: &[u8] = b"STEPWAWS1";
/// The largest service (EC2) takes 1.3 MB; anything far beyond is not ours.
const MAX_UNPACKED: u64 = 64 << 20;

/// A group of regions with one DNS suffix.
#[derive(Debug)]
pub struct Partition {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub name: SmolStr,
    /// `amazonaws.com`, …
    pub dns_suffix: SmolStr,
    /// Its regions.
    pub regions: Vec<SmolStr>,
    /// What the names of its regions begin with.
    prefixes: Vec<SmolStr>,
}

struct Slot {
    name: SmolStr,
    prefix: SmolStr,
    frame: &'static [u8],
    service: OnceLock<Option<Arc<Service>>>,
}

#[derive(Default)]
struct Pack {
    dictionary: Vec<u8>,
    partitions: Vec<Partition>,
    slots: Vec<Slot>,
    by_name: HashMap<SmolStr, usize>,
}

static OPEN: LazyLock<Pack> = LazyLock::new(|| open(PACK).unwrap_or_default());

/// The service of a Step Functions name (`dynamodb`, `sfn`, `cloudwatchlogs`).
pub fn service(name: &str) -> Option<Arc<Service>> {
    let pack = &*OPEN;
    let slot = pack.slots.get(*pack.by_name.get(name)?)?;
    slot.service
        .get_or_init(|| {
            let text = unpack(slot.frame, Some(&pack.dictionary))?;
            let packed = value::json::parse(std::str::from_utf8(&text).ok()?).ok()?;
            load::service(&slot.name, &packed).map(Arc::new)
        })
        .clone()
}

/// Every service, by name, with the prefix of its errors.
pub fn all() -> impl ExactSizeIterator<Item = (&'static SmolStr, &'static SmolStr)> {
    OPEN.slots.iter().map(|slot| (&slot.name, &slot.prefix))
}

/// Every partition.
pub fn partitions() -> &'static [Partition] {
    &OPEN.partitions
}

/// The partition of a region; a region that nobody knows is taken to be one of `aws`.
pub fn partition_of(region: &str) -> Option<&'static Partition> {
    let all = partitions();
    all.iter()
        .find(|partition| partition.regions.iter().any(|known| known == region))
        .or_else(|| {
            all.iter().find(|partition| {
                partition.prefixes.iter().any(|prefix| region.starts_with(prefix.as_str()))
            })
        })
        .or_else(|| all.first())
}

fn open(bytes: &'static [u8]) -> Option<Pack> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (dictionary_size, rest) = size(rest)?;
    let (index_size, rest) = size(rest)?;
    let (dictionary, rest) = rest.split_at_checked(dictionary_size)?;
    let (index, frames) = rest.split_at_checked(index_size)?;
    let index = unpack(index, None)?;
    let index = value::json::parse(std::str::from_utf8(&index).ok()?).ok()?;
    let rows = index.get("services")?.as_array()?;
    let slots: Vec<Slot> = rows.iter().map(|row| slot(row, frames)).collect::<Option<_>>()?;
    let partitions = index.get("partitions")?.as_array()?;
    Some(Pack {
        dictionary: unpack(dictionary, None)?,
        partitions: partitions.iter().map(partition).collect::<Option<_>>()?,
        by_name: slots.iter().enumerate().map(|(at, slot)| (slot.name.clone(), at)).collect(),
        slots,
    })
}

fn size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*head) as usize, rest))
}

/// `[name, prefix, offset, packed size, unpacked size]`.
fn slot(row: &Value, frames: &'static [u8]) -> Option<Slot> {
    let row = row.as_array()?;
    let offset = usize::try_from(row.get(2)?.as_i64()?).ok()?;
    let length = usize::try_from(row.get(3)?.as_i64()?).ok()?;
    Some(Slot {
        name: row.first()?.as_str()?.into(),
        prefix: row.get(1)?.as_str()?.into(),
        frame: frames.get(offset..offset.checked_add(length)?)?,
        service: OnceLock::new(),
    })
}

/// `[name, DNS suffix, pattern of regions, regions]`.
fn partition(row: &Value) -> Option<Partition> {
    let row = row.as_array()?;
    let text = |value: &Value| value.as_str().map(SmolStr::new);
    let regions: Vec<SmolStr> = row.get(3)?.as_array()?.iter().filter_map(text).collect();
    Some(Partition {
        name: row.first().and_then(text)?,
        dns_suffix: row.get(1).and_then(text)?,
        prefixes: prefixes(row.get(2)?.as_str()?),
        regions,
    })
}

/// The literal beginnings of a pattern of regions: `^(us|eu)\-\w+\-\d+$` gives `us-` and `eu-`,
/// `^us\-gov\-\w+\-\d+$` gives `us-gov-`.
fn prefixes(pattern: &str) -> Vec<SmolStr> {
    let body = pattern.trim_start_matches('^');
    let (heads, rest) = match body.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((heads, rest)) => (heads.split('|').collect(), rest),
        None => (vec![""], body),
    };
    let literal = rest.split("\\w").next().unwrap_or_default().replace('\\', "");
    heads.into_iter().map(|head| format!("{head}{literal}").into()).collect()
}

fn unpack(frame: &[u8], dictionary: Option<&[u8]>) -> Option<Vec<u8>> {
    let mut decoder = FrameDecoder::new();
    if let Some(bytes) = dictionary {
        decoder.add_dict(Dictionary::decode_dict(bytes).ok()?).ok()?;
    }
    let stream = StreamingDecoder::new_with_decoder(frame, decoder).ok()?;
    let mut out = Vec::new();
    stream.take(MAX_UNPACKED).read_to_end(&mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_loads() {
        assert!(all().len() > 400);
        let mut operations = 0;
        for (name, prefix) in all() {
            assert_eq!(prefix.to_lowercase(), name.as_str());
            let service = service(name).unwrap_or_else(|| panic!("{name} does not load"));
            assert!(service.operations.is_sorted_by(|a, b| a.name < b.name), "{name}");
            operations += service.operations.len();
        }
        assert!(operations > 19_000, "{operations}");
    }

    #[test]
    fn names_of_step_functions() {
        for (name, id) in [
            ("sfn", "SFN"),
            ("cloudwatchlogs", "CloudWatch Logs"),
            ("eventbridge", "EventBridge"),
            ("elasticloadbalancingv2", "Elastic Load Balancing v2"),
            ("cognitoidentityprovider", "Cognito Identity Provider"),
            ("s3", "S3"),
        ] {
            assert_eq!(service(name).expect(name).id, id);
        }
        assert!(service("stepfunctions").is_none());
        let lambda = service("lambda").unwrap();
        assert!(super::super::operation(&lambda, "invoke").is_some());
        assert!(super::super::operation(&lambda, "invokeAsync").is_none());
        let rds = service("rds").unwrap();
        assert!(super::super::operation(&rds, "describeDBInstances").is_some());
        assert!(super::super::operation(&rds, "describeDbInstances").is_none());
    }

    #[test]
    fn partitions_of_regions() {
        for (region, partition) in [
            ("us-east-1", "aws"),
            ("eu-new-9", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("nowhere", "aws"),
        ] {
            assert_eq!(partition_of(region).unwrap().name, partition, "{region}");
        }
    }
}
