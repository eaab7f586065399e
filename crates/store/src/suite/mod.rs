//! The suite every store passes: what the contract says, one case at a time, and against a model.
//!
//! An implementation calls [`run`] with a way to get an empty store.

// A suite fails by panicking, also when it is compiled for another crate's tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod catalogue;
mod concurrent;
mod executions;
mod journals;
mod lists;
mod random;
mod sample;

pub use sample::{Dump, batches, dump, record, row};

use crate::Store;

/// Runs every case, each on a store of its own.
pub fn run(mut empty: impl FnMut() -> Box<dyn Store>) {
    let cases: &[fn(&dyn Store)] = &[
        catalogue::documents_are_put_replaced_and_deleted,
        catalogue::documents_are_paged_by_the_bytes_of_their_keys,
        catalogue::large_and_empty_documents_come_back_as_they_were,
        executions::every_field_comes_back,
        executions::a_row_is_replaced_whole,
        executions::names_find_standard_executions_only,
        executions::open_executions_are_shown_by_id,
        executions::visiting_may_commit_and_may_stop,
        executions::closed_executions_are_found_by_stop,
        executions::revisions_are_those_of_stored_executions,
        executions::a_batch_is_applied_in_order,
        executions::a_refused_batch_leaves_nothing,
        executions::an_empty_store_answers_everything,
        journals::a_range_finds_the_records_that_overlap_it,
        journals::records_without_events_are_kept_in_their_place,
        journals::deleting_an_execution_takes_its_journal,
        lists::newest_first_with_ties_by_id,
        lists::every_filter_alone_and_together,
        lists::children_are_listed_with_their_map_run_only,
        lists::a_cursor_survives_changes,
        concurrent::readers_see_whole_batches_while_retention_deletes,
        random::random_batches_match_the_model,
    ];
    for case in cases {
        case(&*empty());
    }
}
