//! A child of a Map Run: its name, its ARN and the execution that it is.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use asl::Program;
use asl::program::{MapMode, StateKind};
use engine::{Execution, Meta};
use smol_str::{SmolStr, format_smolstr};
use store::{ExecutionRow, Status};
use value::{Payload, Timestamp, uuid};

use super::{Begin, MapRun};
use crate::arn::{Arn, Resource};
use crate::catalog::Revision;
use crate::redrivable::REDRIVABLE_EVENTS;
use crate::shards::{Shared, meta_of as plain_meta_of};

/// A child that is about to start.
pub(crate) struct Child {
    pub execution: Execution,
    pub revision: Arc<Revision>,
    pub row: ExecutionRow,
    pub test_case: Option<SmolStr>,
}

impl Child {
    /// The child of `begin.run` whose first item is `index`; `None` if the program is not at hand.
    pub(super) fn new(
        shared: &Shared,
        begin: &Begin,
        index: u64,
        items: u64,
        input: Payload,
        now: Timestamp,
    ) -> Option<Self> {
        let index = u32::try_from(index).ok()?;
        let revision = begin.revision.clone();
        let program = revision.program()?;
        let StateKind::Map(map) = &program.state(begin.run.state).kind else { return None };
        let row = ExecutionRow {
            id: shared.next_id.fetch_add(1, Ordering::Relaxed),
            machine: revision.machine,
            revision: revision.id,
            name: name(&begin.run, index),
            status: Status::Running,
            start: now.0,
            stop: None,
            last_event: 0,
            version: begin.version,
            alias: begin.alias.clone(),
            map_run: Some(begin.run.id),
            item_count: Some(items as i64),
            redrive_count: 0,
            redrive: None,
            express: map.mode == MapMode::Distributed { express: true },
            trace_header: None,
        };
        let meta = meta_of(shared, &revision, &begin.run, &row, input);
        let execution = rooted(program, meta, &begin.run);
        Some(Self { execution, revision, row, test_case: begin.test_case.clone() })
    }
}

/// An execution that runs the processor of `run`'s Map as its own machine.
pub(crate) fn rooted(program: Arc<Program>, meta: Meta, run: &MapRun) -> Execution {
    let start = match &program.state(run.state).kind {
        StateKind::Map(map) => Some(program.block(map.processor).start),
        _ => None,
    };
    let mut execution = Execution::new(program, Arc::new(meta));
    if let Some(start) = start {
        execution.start_in(start, Vec::new());
    }
    execution
}

/// What the child at `row` is.
pub(crate) fn meta_of(
    shared: &Shared,
    revision: &Revision,
    run: &MapRun,
    row: &ExecutionRow,
    input: Payload,
) -> Meta {
    let mut meta = plain_meta_of(shared, revision, row, arn_of(revision, run, row), input);
    meta.state_machine_arn = format_smolstr!("{}/{}", revision.machine_arn, run.label);
    meta.state_machine_name = format_smolstr!("{}/{}", revision.name, run.label);
    meta.express = row.express;
    meta
}

/// How many items a child got.
pub(super) fn items(row: &ExecutionRow) -> u64 {
    row.item_count.unwrap_or(1).unsigned_abs()
}

/// Whether a child has failed and cannot be redriven, because its history is full.
pub(super) fn is_beyond_redrive(row: &ExecutionRow) -> bool {
    let has_failed = matches!(row.status, Status::Failed | Status::TimedOut | Status::Aborted);
    has_failed && !row.express && row.last_event >= REDRIVABLE_EVENTS
}

/// The row number of the Express child with this id in its ARN.
pub(crate) fn row_of_express_id(id: &str) -> Option<i64> {
    let digits: String = id.chars().filter(|digit| *digit != '-').collect();
    let bits = u128::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 32)?;
    i64::try_from(bits & EXPRESS_ID_BITS).ok()
}

/// The bits of a UUID after its version and variant; a row's number needs no more.
const EXPRESS_ID_BITS: u128 = (1 << 62) - 1;

/// The ARN of the child at `row`. The id in an Express one holds the row's number.
pub(crate) fn arn_of(revision: &Revision, run: &MapRun, row: &ExecutionRow) -> SmolStr {
    let (machine, label, name) = (revision.name.as_str(), Some(run.label.as_str()), &row.name);
    let number = row.id.unsigned_abs();
    let high = u128::from(mixed(number ^ run.id.unsigned_abs())) << 64;
    let id = uuid::v4(high | u128::from(number) & EXPRESS_ID_BITS);
    let resource = match row.express {
        true => Resource::Express { machine, label, name, id: &id },
        false => Resource::Execution { machine, label, name },
    };
    let Revision { partition, region, account, .. } = revision;
    Arn { partition, region, account, resource }.text()
}

/// The name of the child whose first item is `index`: a UUID whose last 32 bits tell the index, so
/// that a coordinator that is built again knows what each child got.
fn name(run: &MapRun, index: u32) -> SmolStr {
    let seed = run.id.unsigned_abs();
    let high = mixed(seed ^ u64::from(index).rotate_left(32));
    let low = mixed(high ^ seed) >> 32 << 32 | u64::from(index ^ seed as u32);
    uuid::v4(u128::from(high) << 64 | u128::from(low))
}

/// The index of the first item of the child `name`.
pub(super) fn first_index(run: &MapRun, name: &str) -> Option<u32> {
    let digits = name.get(name.len().checked_sub(8)?..)?;
    Some(u32::from_str_radix(digits, 16).ok()? ^ run.id.unsigned_abs() as u32)
}

/// The finalizer of SplitMix64: neighbours come out far apart.
fn mixed(bits: u64) -> u64 {
    let bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

#[cfg(test)]
mod tests {
    use super::{first_index, mixed, name, row_of_express_id};
    use crate::map_run::document::tests::sample;

    #[test]
    fn an_express_arn_tells_its_row() {
        for number in [1_u128, 4096, 1 << 40, (1 << 62) - 1] {
            let id = value::uuid::v4(u128::from(mixed(9)) << 64 | number);
            assert_eq!(row_of_express_id(&id).map(i128::from), i128::try_from(number).ok());
        }
        assert_eq!(row_of_express_id("x"), None);
    }

    #[test]
    fn a_name_tells_its_index() {
        let mut run = sample();
        run.id = 0x0123_4567_89ab_cdef;
        for index in [0, 1, 99, u32::MAX] {
            assert_eq!(first_index(&run, &name(&run, index)), Some(index));
        }
        assert_ne!(name(&run, 1)[..18], name(&run, 2)[..18]);
    }
}
