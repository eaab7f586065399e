//! `aws-sdk` integrations: any call of any service, the newer SDK's spelling and errors.

use asl::resource::Pattern;
use aws::Spelling;
use smol_str::SmolStr;
use value::{Object, Value};

use crate::api::not_started;
use crate::call::{Call, Failure, Progress, RunError};
use crate::connectors::{Connectors, keys_of};
use crate::{failure, parameters};

/// Runs a task of `aws-sdk:service:action`.
pub(crate) async fn run(
    connectors: &Connectors,
    call: &Call,
    service: &str,
    action: &str,
    progress: &mut dyn Progress,
) -> Result<Option<Value>, RunError> {
    let pattern = call.resource.pattern();
    if call.submitted.is_some() {
        return Ok(None);
    }
    let output = invoke(connectors, call, service, action)
        .await
        .map_err(|failure| not_started(pattern, failure))?;
    if pattern == Pattern::WaitForTaskToken {
        progress.submitted(output);
        return Ok(None);
    }
    Ok(Some(output))
}

async fn invoke(
    connectors: &Connectors,
    call: &Call,
    service: &str,
    action: &str,
) -> Result<Value, Failure> {
    let mut input = call.parameters.as_object().map_or_else(Object::default, |o| (**o).clone());
    parameters::add_tokens(service, action, Spelling::Sdk, &call.token, &mut input);
    let mut request = aws::Call::new(service, action, input.into());
    request.region = Some(call.region.clone());
    let own = connectors.0.own.get().filter(|_| service == "sfn");
    let answer = match own {
        Some(client) => {
            // This server takes the account from the access key.
            request.credentials = Some(keys_of(call.role_arn.as_ref(), &call.account));
            client.call(request).await
        }
        None => {
            let Call { role_arn, execution_role, execution_arn, .. } = call;
            connectors.call_aws(request, role_arn.as_ref(), execution_role, execution_arn).await?
        }
    };
    answer.map(|answer| answer.output).map_err(|error| failure::sdk(&prefix(service), &error))
}

/// What stands before the dot of the service's errors.
fn prefix(service: &str) -> SmolStr {
    aws::model::service(service).map_or_else(|| service.into(), |model| model.prefix.clone())
}
