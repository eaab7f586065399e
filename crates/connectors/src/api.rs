//! Runs an optimised integration as its row says: one call, or a call and a job that is watched.

use asl::resource::Pattern;
use aws::{Answer, CallError, Spelling};
use smol_str::SmolStr;
use value::{Object, Value};

use crate::call::{Call, Cancel, Failure, Progress, RunError};
use crate::connectors::Connectors;
use crate::poll::Pace;
use crate::table::{Api, Integration, Job, JobResult, Lookup, Verdict};
use crate::{dates, envelope, failure, parameters};

/// Runs a task of `row`.
pub(crate) async fn run(
    connectors: &Connectors,
    call: &Call,
    row: &Integration,
    api: &Api,
    progress: &mut dyn Progress,
) -> Result<Option<Value>, RunError> {
    let pattern = call.resource.pattern();
    let submitted = match &call.submitted {
        Some(submitted) => submitted.clone(),
        None => {
            let answer = start(connectors, call, row, api).await;
            let answer = answer.map_err(|failure| not_started(pattern, failure))?;
            if pattern == Pattern::RequestResponse {
                return Ok(Some(answer));
            }
            progress.submitted(answer.clone());
            answer
        }
    };
    match (pattern, &api.job) {
        (Pattern::Sync | Pattern::Sync2, Some(job)) => {
            let watch = Watch { connectors, row, api, job };
            watch.until_end(call, &submitted).await.map(Some).map_err(RunError::Task)
        }
        _ => Ok(None),
    }
}

/// Where the failure of a call shows: a submission's has an event of its own.
pub(crate) fn not_started(pattern: Pattern, failure: Failure) -> RunError {
    match pattern {
        Pattern::RequestResponse => RunError::Task(failure),
        _ => RunError::Submit(failure),
    }
}

/// Makes the call of a row; the answer with the older SDK's metadata.
async fn start(
    connectors: &Connectors,
    call: &Call,
    row: &Integration,
    api: &Api,
) -> Result<Value, Failure> {
    let mut request = call.parameters.as_object().map_or_else(Object::default, |o| (**o).clone());
    let client = Client::of(connectors, api, call);
    if let Some(lookup) = &api.lookup {
        let id = find(&client, row, lookup, call).await?;
        request.insert("Id", id);
    }
    if let Some(spell_out) = api.spell_out {
        spell_out(&mut request);
    }
    if let Some(prepare) = api.prepare {
        prepare(call, &mut request)?;
    }
    parameters::add_tokens(api.service, api.action, Spelling::Service, &call.token, &mut request);
    let answer = client.call(api.action, request.into()).await?;
    let answer = answer.map_err(|error| {
        failure::optimised(
            row,
            &match api.refused {
                Some(refused) => refused(call, error),
                None => error,
            },
        )
    })?;
    let mut output = answer.output.as_object().map_or_else(Object::default, |o| (**o).clone());
    if let Some(finish) = api.finish {
        finish(call, &mut output)?;
    }
    let Answer { status, headers, request_id, .. } = &answer;
    Ok(envelope::wrap(row.resource_type, &output, *status, headers, request_id).into())
}

/// Most pages of a list that are looked through for one name.
const MAX_PAGES: usize = 100;

/// The id of what a parameter names.
async fn find(
    client: &Client<'_>,
    row: &Integration,
    lookup: &Lookup,
    call: &Call,
) -> Result<Value, Failure> {
    let name = call.parameters.get(lookup.name).cloned().unwrap_or_default();
    let input = lookup.list.fill(&Value::Null, &call.parameters);
    let mut request = input.as_object().map_or_else(Object::default, |o| (**o).clone());
    for _ in 0..MAX_PAGES {
        let answer = client.call(lookup.list.action, request.clone().into()).await?;
        let answer = answer.map_err(|error| failure::optimised(row, &error))?.output;
        let items = answer.get(lookup.items).and_then(Value::as_array);
        let item = items.and_then(|items| items.iter().find(|it| it.get("Name") == Some(&name)));
        if let Some(id) = item.and_then(|item| item.get("Id")) {
            return Ok(id.clone());
        }
        let Some(marker) = answer.get("Marker") else { break };
        request.insert("Marker", marker.clone());
    }
    let cause = format!("There is no {} {}.", lookup.name, name.to_json());
    Err(Failure::new(failure::RUNTIME, cause))
}

/// Calls the API of one row on behalf of one task.
struct Client<'a> {
    connectors: &'a Connectors,
    api: &'a Api,
    region: &'a SmolStr,
    role_arn: Option<&'a SmolStr>,
    execution_role: &'a str,
    execution_arn: &'a str,
}

impl<'a> Client<'a> {
    fn of(connectors: &'a Connectors, api: &'a Api, call: &'a Call) -> Self {
        Self {
            connectors,
            api,
            region: &call.region,
            role_arn: call.role_arn.as_ref(),
            execution_role: &call.execution_role,
            execution_arn: &call.execution_arn,
        }
    }

    /// The outer error is the refusal of the task's role.
    async fn call(&self, action: &str, input: Value) -> Result<Result<Answer, CallError>, Failure> {
        let mut call = aws::Call::new(self.api.service, action, input);
        call.spelling = Spelling::Service;
        call.region = Some(self.region.clone());
        let Self { role_arn, execution_role, execution_arn, .. } = self;
        let answer =
            self.connectors.call_aws(call, *role_arn, execution_role, execution_arn).await?;
        // The older SDK's dates are numbers.
        Ok(answer.map(|mut answer| {
            answer.output = dates::as_numbers(self.api.service, action, answer.output);
            answer
        }))
    }
}

/// Watches a job until it ends.
struct Watch<'a> {
    connectors: &'a Connectors,
    row: &'a Integration,
    api: &'a Api,
    job: &'a Job,
}

impl Watch<'_> {
    async fn until_end(&self, call: &Call, submitted: &Value) -> Result<Value, Failure> {
        let mut pace = Pace::new();
        loop {
            pace.wait().await;
            match self.look(call, submitted).await {
                Ok(answer) => {
                    pace.answered();
                    if let Some(end) = self.end(&answer, submitted) {
                        return end;
                    }
                }
                Err(Trouble::Passing) => {}
                Err(Trouble::Gone) => return Ok(submitted.clone()),
                Err(Trouble::Refused(failure)) if pace.refused() => return Err(failure),
                Err(Trouble::Refused(_)) => {}
            }
        }
    }

    /// One look at the job.
    async fn look(&self, call: &Call, submitted: &Value) -> Result<Value, Trouble> {
        let Self { connectors, row, api, job } = self;
        let input = job.describe.fill(submitted, &call.parameters);
        let answer = Client::of(connectors, api, call).call(job.describe.action, input).await;
        let answer = answer.map_err(Trouble::Refused)?;
        answer.map(|answer| answer.output).map_err(|error| match &error {
            CallError::Service(service)
                if job.gone.is_some_and(|gone| service.name.ends_with(gone)) =>
            {
                Trouble::Gone
            }
            CallError::Service(service) if service.status < 500 && service.status != 429 => {
                Trouble::Refused(failure::optimised(row, &error))
            }
            CallError::Service(_) | CallError::Transport(_) | CallError::Unreadable { .. } => {
                Trouble::Passing
            }
            _ => Trouble::Refused(failure::optimised(row, &error)),
        })
    }

    /// The job's end, if it has come.
    fn end(&self, answer: &Value, submitted: &Value) -> Option<Result<Value, Failure>> {
        let job = self.job.find(answer, submitted)?;
        let result = || match self.job.result {
            JobResult::Job => job.clone(),
            JobResult::Answer => answer.clone(),
            JobResult::Made(make) => make(answer),
        };
        match self.job.verdict(job) {
            Verdict::Running => None,
            Verdict::Succeeded => Some(Ok(result())),
            Verdict::Failed => Some(Err(Failure::new(failure::TASK_FAILED, result().to_json()))),
            Verdict::FailedWith(failure) => Some(Err(failure)),
        }
    }
}

/// Why a look at a job told nothing.
enum Trouble {
    /// The service was not reached or is not well: the job may be fine.
    Passing,
    /// What was to go is gone.
    Gone,
    /// The service knows better than to answer.
    Refused(Failure),
}

/// Stops a job that nobody waits for. What the service says to it changes nothing.
pub(crate) async fn cancel(connectors: &Connectors, cancel: &Cancel, api: &Api) {
    let Some(stop) = api.job.as_ref().and_then(|job| job.stop.as_ref()) else { return };
    let client = Client {
        connectors,
        api,
        region: &cancel.region,
        role_arn: cancel.role_arn.as_ref(),
        execution_role: &cancel.execution_role,
        execution_arn: &cancel.execution_arn,
    };
    let parameters = cancel.parameters.clone().unwrap_or_default();
    drop(client.call(stop.action, stop.fill(&cancel.submitted, &parameters)).await);
}
