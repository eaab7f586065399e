//! `ExecutionKey`: which execution, and which shard owns it.

/// Names an execution inside the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExecutionKey {
    /// Its number.
    pub id: i64,
    /// A hash of its machine and its name: executions that could clash by name have one owner.
    pub shard_key: u64,
}

/// The shard key of the execution `name` of machine `machine`. FNV-1a: it stands in task tokens,
/// so it must never change.
pub fn shard_key(machine: i64, name: &str) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let bytes = machine.to_le_bytes();
    let bytes = bytes.iter().chain(name.as_bytes());
    bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}
