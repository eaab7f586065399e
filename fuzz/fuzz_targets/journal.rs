//! Damaged records are refused; what is read is written again the same in meaning.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(events) = engine::codec::decode(bytes) else { return };
    let again = engine::codec::decode(&engine::codec::encode(&events));
    assert_eq!(again.as_deref(), Ok(events.as_slice()));
});
