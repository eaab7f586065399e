//! The rows of the table of integrations, one file per service.

mod apigateway;
mod athena;
mod batch;
mod bedrock;
mod codebuild;
mod databrew;
mod dynamodb;
mod ecs;
mod eks;
mod elasticmapreduce;
mod emr_containers;
mod emr_serverless;
mod events;
mod glue;
mod http;
pub(crate) mod lambda;
mod mediaconvert;
mod sagemaker;
mod sns;
mod sqs;
mod states;

use asl::resource::Pattern::{self, RequestResponse, Sync, Sync2, WaitForTaskToken};

use crate::table::Integration;

/// Every service's rows.
pub(crate) const ALL: &[&[Integration]] = &[
    apigateway::ROWS,
    athena::ROWS,
    batch::ROWS,
    bedrock::ROWS,
    codebuild::ROWS,
    databrew::ROWS,
    dynamodb::ROWS,
    ecs::ROWS,
    eks::ROWS,
    elasticmapreduce::ROWS,
    emr_containers::ROWS,
    emr_serverless::ROWS,
    events::ROWS,
    glue::ROWS,
    http::ROWS,
    lambda::ROWS,
    mediaconvert::ROWS,
    sagemaker::ROWS,
    sns::ROWS,
    sqs::ROWS,
    states::ROWS,
];

const RR: &[Pattern] = &[RequestResponse];
const RR_TOKEN: &[Pattern] = &[RequestResponse, WaitForTaskToken];
const RR_SYNC: &[Pattern] = &[RequestResponse, Sync];
const RR_SYNC_TOKEN: &[Pattern] = &[RequestResponse, Sync, WaitForTaskToken];
const NESTED: &[Pattern] = &[RequestResponse, Sync, Sync2, WaitForTaskToken];
