//! The rows of the table of integrations, one file per service.

mod dynamodb;
mod events;
mod glue;
pub(crate) mod lambda;
mod sns;
mod sqs;
mod states;

use asl::resource::Pattern::{self, RequestResponse, Sync, Sync2, WaitForTaskToken};

use crate::table::Integration;

/// Every service's rows.
pub(crate) const ALL: &[&[Integration]] =
    &[dynamodb::ROWS, events::ROWS, glue::ROWS, lambda::ROWS, sns::ROWS, sqs::ROWS, states::ROWS];

const RR: &[Pattern] = &[RequestResponse];
const RR_TOKEN: &[Pattern] = &[RequestResponse, WaitForTaskToken];
const RR_SYNC: &[Pattern] = &[RequestResponse, Sync];
const NESTED: &[Pattern] = &[RequestResponse, Sync, Sync2, WaitForTaskToken];
