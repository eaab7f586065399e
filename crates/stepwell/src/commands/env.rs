//! `stepwell env`

use std::process::ExitCode;

use crate::cli::Env;
use crate::output;

/// Prints the exports.
pub fn run(args: &Env) -> ExitCode {
    for line in exports(&format!("http://{}:{}", args.host, args.port), &args.region) {
        output::data(line);
    }
    ExitCode::SUCCESS
}

/// What a shell needs to reach the server at `url`. Clients put `sync-` before the host of two
/// operations, which no local name server knows: the third line keeps them from it. Keys are made
/// up where there are none: any signature is accepted.
pub fn exports(url: &str, region: &str) -> Vec<String> {
    vec![
        format!("export AWS_ENDPOINT_URL_SFN={url}"),
        format!("export AWS_ENDPOINT_URL_STEPFUNCTIONS={url}"),
        "export AWS_DISABLE_HOST_PREFIX_INJECTION=true".to_owned(),
        format!("export AWS_DEFAULT_REGION=\"${{AWS_DEFAULT_REGION:-{region}}}\""),
        "export AWS_ACCESS_KEY_ID=\"${AWS_ACCESS_KEY_ID:-stepwell}\"".to_owned(),
        "export AWS_SECRET_ACCESS_KEY=\"${AWS_SECRET_ACCESS_KEY:-stepwell}\"".to_owned(),
    ]
}
