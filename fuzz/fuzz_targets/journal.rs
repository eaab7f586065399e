//! Damaged records are refused; what is read is written again the same in meaning.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(events) = engine::codec::decode(bytes) else { return };
    // Records are compared, not events: a NaN is no equal of itself.
    let record = engine::codec::encode(&events);
    let again = engine::codec::decode(&record).expect("what was written can be read");
    assert_eq!(engine::codec::encode(&again), record);
});
