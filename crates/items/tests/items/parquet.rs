//! Parquet files: every type, row groups, codecs, damage.

use std::sync::Arc;

use items::memory::MemoryStorage;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::support::{GET, array, read, reader, text};

const PARQUET: &str = r#"{"InputType":"PARQUET"}"#;

/// Two row groups of two rows.
fn file(compression: Compression) -> Vec<u8> {
    let schema = "message m {
        required int64 id;
        optional binary name (UTF8);
        required double score;
        required int64 at (TIMESTAMP(MICROS,true));
        required int32 day (DATE);
        required int32 price (DECIMAL(9,2));
        required binary raw;
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for group in 0..2_i64 {
        let mut rows = writer.next_row_group().unwrap();
        let ids = [group * 2, group * 2 + 1];
        for name in ["id", "name", "score", "at", "day", "price", "raw"] {
            let mut column = rows.next_column().unwrap().unwrap();
            let (ints, longs): ([i32; 2], [i64; 2]) = match name {
                "id" => ([0; 2], ids),
                "at" => ([0; 2], [1_700_000_000_123_456, -1]),
                "day" => ([19_000, 0], [0; 2]),
                _ => ([1250, -5], [0; 2]),
            };
            let bytes = |bytes: &[u8]| ByteArray::from(bytes.to_vec());
            match name {
                "name" => {
                    let (column, names) = (column.typed::<ByteArrayType>(), ["n é".into()]);
                    column.write_batch(&names, Some(&[1, 0]), None)
                }
                "raw" => {
                    let raw = [bytes(b"text"), bytes(&[0xff, 0, 1, 2])];
                    column.typed::<ByteArrayType>().write_batch(&raw, None, None)
                }
                "score" => column.typed::<DoubleType>().write_batch(&[0.5, f64::NAN], None, None),
                "id" | "at" => column.typed::<Int64Type>().write_batch(&longs, None, None),
                _ => column.typed::<Int32Type>().write_batch(&ints, None, None),
            }
            .unwrap();
            column.close().unwrap();
        }
        rows.close().unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn rows() {
    let row = |id: i64, rest: &str| format!(r#"{{"id":{id},{rest}}}"#);
    let first =
        r#""name":"n é","score":0.5,"at":1700000000123,"day":19000,"price":12.5,"raw":"text""#;
    let second = r#""name":null,"score":"NaN","at":-1,"day":0,"price":-0.05,"raw":"/wABAg==""#;
    let rows = [row(0, first), row(1, second), row(2, first), row(3, second)].join(",");
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ];
    for codec in codecs {
        assert_eq!(text(file(codec), PARQUET).unwrap(), format!("[{rows}]"), "{codec}");
    }
}

#[test]
fn passing_over_rows() {
    let storage = MemoryStorage::default();
    storage.insert("b", "f", file(Compression::SNAPPY));
    let all = read(storage.clone(), PARQUET).unwrap();
    let reader = reader(GET, r#"{"Bucket":"b","Key":"f"}"#, PARQUET).unwrap();
    for passed in 0..6_u64 {
        let mut items = items::open(Arc::new(storage.clone()), &reader).unwrap();
        assert_eq!(items.pass_over(passed).unwrap(), passed.min(4));
        let rest: Vec<_> = items.collect::<Result<_, _>>().unwrap();
        // NaN is a text here, so items can be compared.
        assert_eq!(array(&rest), array(&all[(passed as usize).min(4)..]));
    }
}

#[test]
fn damaged_files() {
    let whole = file(Compression::SNAPPY);
    for length in [0, 3, 8, 100, whole.len() - 1] {
        let error = text(&whole[..length], PARQUET).unwrap_err();
        assert!(error.starts_with("The Parquet file cannot be read: "), "{error}");
    }
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        // Whatever comes of it, it comes.
        let _ = text(damaged, PARQUET);
    }
    let mut large = vec![0; 20];
    large.extend((100_u32 << 20).to_le_bytes());
    large.extend(b"PAR1");
    assert!(text(large, PARQUET).unwrap_err().contains("footer"));
}
