//! `Connectors`: runs a task with whatever its resource names.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use asl::resource::{Pattern, Resource, ResourceKind};
use aws::CallError;
use aws::http::Streaming;
use smol_str::SmolStr;
use value::{Object, Value};

use crate::call::{Call, Cancel, Failure, Progress, RunError, TestCase};
use crate::config::Config;
use crate::function::{Functions, LogLine};
use crate::http::Http;
use crate::kubernetes::Clusters;
use crate::mock::Mocks;
use crate::table::{self, Work};
use crate::{
    api, api_gateway, bedrock, envelope, failure, http, kubernetes, lambda, parameters, sdk,
};

/// Everything that a Task's `Resource` can name. Clones share connections, functions and mocks.
#[derive(Clone)]
pub struct Connectors(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub aws: aws::Client,
    pub config: Config,
    /// A client of this server's own API, for `aws-sdk:sfn`.
    pub own: OnceLock<aws::Client>,
    pub functions: Functions,
    pub http: Http,
    pub clusters: Clusters,
    pub mocks: Option<Mocks>,
    /// An endpoint that is not AWS's was found to be used without credentials.
    pub anonymous: AtomicBool,
}

impl Connectors {
    /// Connectors with these settings.
    pub fn new(config: Config) -> Self {
        let aws = aws::Client::new(config.aws.clone());
        Self(Arc::new(Inner {
            functions: Functions::new(&config, aws.transport()),
            http: Http::new(&config),
            clusters: Clusters::new(&config),
            mocks: config.mock_file.clone().map(Mocks::new),
            aws,
            own: OnceLock::new(),
            anonymous: AtomicBool::new(false),
            config,
        }))
    }

    /// Says where this server itself is reached (`http://127.0.0.1:8083`), once it listens:
    /// `aws-sdk:sfn` calls go there, unless `AWS_ENDPOINT_URL_SFN` or the configuration names
    /// another place.
    pub fn set_own_endpoint(&self, url: &str) {
        let mut config = self.0.config.aws.clone();
        if config.endpoints.contains_key("sfn")
            || config.environment.get("AWS_ENDPOINT_URL_SFN").is_some_and(|url| !url.is_empty())
        {
            return;
        }
        config.endpoints.insert("sfn".to_owned(), url.to_owned());
        // What was said first stands.
        let _ = self.0.own.set(aws::Client::new(config));
    }

    /// Runs a task to its end.
    ///
    /// `Ok(Some(result))` is the result. `Ok(None)` means that a `.waitForTaskToken` task was
    /// submitted: whoever has the token sends the result. Dropping the future abandons the call;
    /// a job that was submitted goes on until [`Connectors::cancel`].
    pub async fn run(
        &self,
        call: Call,
        progress: &mut dyn Progress,
    ) -> Result<Option<Value>, RunError> {
        if let Some(answer) = self.mock(&call) {
            return mocked(&call, answer, progress);
        }
        match &call.resource.kind {
            ResourceKind::Service { resource_type, action, .. } => {
                if let Some(service) = resource_type.strip_prefix("aws-sdk:") {
                    return sdk::run(self, &call, service, action, progress).await;
                }
                if let Some(alias) = table::alias(resource_type, action) {
                    return sdk::run(self, &call, alias.service, action, progress).await;
                }
                match table::find(&call.resource).map(|row| (row, &row.work)) {
                    Some((row, Work::Api(api))) => api::run(self, &call, row, api, progress).await,
                    Some((_, Work::Http)) => {
                        http::invoke(self, &call, progress).await.map(Some).map_err(RunError::Task)
                    }
                    Some((_, Work::ApiGateway)) => api_gateway::run(self, &call, progress).await,
                    Some((_, Work::Kubernetes(action))) => {
                        kubernetes::run(self, &call, *action, progress).await
                    }
                    Some((row, Work::Model)) => bedrock::run(self, &call, row, progress).await,
                    Some((_, Work::Function)) => lambda::run_invoke(self, &call, progress).await,
                    _ => Err(RunError::Task(unknown(&call.resource))),
                }
            }
            ResourceKind::Lambda => lambda::run_function(self, &call).await,
            _ => Err(RunError::Task(unknown(&call.resource))),
        }
    }

    /// The answer of the mock file to a call, if it has one; the invocation is counted.
    pub fn mock(&self, call: &Call) -> Option<Result<Value, Failure>> {
        let Call { execution_arn, state_name, resource, .. } = call;
        let case = call.test_case.as_ref()?;
        match &self.0.mocks {
            Some(mocks) => mocks.answer(case, execution_arn, state_name, resource),
            None => Some(Err(Failure::new(failure::RUNTIME, NO_MOCKS))),
        }
    }

    /// Whether the mock file has an answer to a call: `runtime` asks before it runs an activity or
    /// a nested execution, and hands the call to `run` if so.
    pub fn is_mocked(&self, call: &Call) -> bool {
        call.test_case.as_ref().is_some_and(|case| match &self.0.mocks {
            Some(mocks) => mocks.is_mocked(case, &call.state_name),
            // `run` says what is wrong.
            None => true,
        })
    }

    /// Why a test case cannot be run, if so: asked when an execution of `stateMachineArn#TestCase`
    /// starts.
    pub fn refuse_test_case(&self, case: &TestCase) -> Option<String> {
        match &self.0.mocks {
            Some(mocks) => mocks.refuse(case),
            None => Some(NO_MOCKS.to_owned()),
        }
    }

    /// An execution of a test case has ended.
    pub fn forget_test_case(&self, execution_arn: &str) {
        if let Some(mocks) = &self.0.mocks {
            mocks.forget(execution_arn);
        }
    }

    /// Stops a submitted job, as well as its service can.
    pub async fn cancel(&self, cancel: Cancel) {
        match table::find(&cancel.resource).map(|row| &row.work) {
            Some(Work::Api(api)) => api::cancel(self, &cancel, api).await,
            Some(Work::Kubernetes(kubernetes::Action::RunJob)) => {
                kubernetes::cancel(self, &cancel).await;
            }
            _ => {}
        }
    }

    /// Why the parameters of a run cannot be used: the text between the brackets of AWS's `The
    /// Parameters '…' could not be used to start the Task: […]`.
    pub fn refuse_parameters(&self, resource: &Resource, parameters: &Value) -> Option<String> {
        parameters::refuse(resource, parameters)
    }

    /// Whether a call may be made again when its outcome is not known: it only reads, or carries
    /// what makes the service do it once.
    pub fn is_repeatable(&self, resource: &Resource, parameters: &Value) -> bool {
        parameters::is_repeatable(resource, parameters)
    }

    /// The names of the functions on this machine, in order.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.0.config.functions.keys().map(String::as_str)
    }

    /// The last lines that a function on this machine printed, oldest first.
    pub fn logs(&self, function: &str) -> Vec<LogLine> {
        self.0.functions.logs(function)
    }

    /// What functions on this machine printed for an execution, oldest first, as far as it is kept.
    pub fn execution_logs(&self, execution_arn: &str) -> Vec<LogLine> {
        self.0.functions.execution_logs(execution_arn)
    }

    /// Ends the processes of all functions on this machine, at once. Dropping the last clone of
    /// the connectors does the same.
    pub fn close(&self) {
        self.0.functions.close();
    }

    /// Calls AWS with the credentials of the task's role, or its own. The outer error is the
    /// role's refusal.
    pub(crate) async fn call_aws(
        &self,
        mut call: aws::Call,
        role_arn: Option<&SmolStr>,
        execution_role: &str,
        execution_arn: &str,
    ) -> Result<Result<aws::Answer, CallError>, Failure> {
        call.credentials = self.credentials(role_arn, execution_role, execution_arn).await?;
        let input = call.input.clone();
        let answer = self.call_own(call).await;
        if let Err(CallError::Invalid(faults)) = &answer {
            let reasons: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
            return Err(failure::parameters(&input, &reasons.join(", ")));
        }
        Ok(answer)
    }

    /// Calls AWS with the call's credentials, or the server's own.
    ///
    /// # Errors
    /// Whatever the service says, or that it was not reached.
    pub async fn call_own(&self, mut call: aws::Call) -> Result<aws::Answer, CallError> {
        self.sign_for(&mut call).await;
        self.0.aws.call(call).await
    }

    /// As [`Connectors::call_own`], but the body of the answer is left to be read.
    pub(crate) async fn open_own(&self, mut call: aws::Call) -> Result<Streaming, CallError> {
        self.sign_for(&mut call).await;
        self.0.aws.open(call).await
    }

    /// Whether a service (by its Step Functions name) is at an address that a user set.
    pub fn is_redirected(&self, service: &str) -> bool {
        !self.is_of_aws(&aws::Call::new(service, "", Value::Null))
    }

    /// Whether the server has credentials of its own.
    pub async fn has_credentials(&self) -> bool {
        self.0.aws.credentials().await.is_ok()
    }

    /// Lets a call without credentials be signed where there are none: an emulator asks for a
    /// signature, not for whose it is. Looking for credentials takes seconds where there are none,
    /// so it is done once.
    async fn sign_for(&self, call: &mut aws::Call) {
        if call.credentials.is_some() || self.is_of_aws(call) {
            return;
        }
        let anonymous = &self.0.anonymous;
        if !anonymous.load(Ordering::Relaxed) {
            match self.0.aws.credentials().await {
                Err(CallError::Credentials(_)) => anonymous.store(true, Ordering::Relaxed),
                _ => return,
            }
        }
        call.credentials = Some(no_credentials());
    }

    /// Whether the call goes to AWS itself.
    fn is_of_aws(&self, call: &aws::Call) -> bool {
        let url = self.0.aws.endpoint_url(&call.service, call.region.as_deref());
        url.is_ok_and(|url| url.contains(".amazonaws.com") || url.contains(".api.aws"))
    }

    /// The credentials of `Credentials.RoleArn`, assumed as the execution's role would.
    pub(crate) async fn credentials(
        &self,
        role_arn: Option<&SmolStr>,
        execution_role: &str,
        execution_arn: &str,
    ) -> Result<Option<aws::Credentials>, Failure> {
        let Some(role) = role_arn else { return Ok(None) };
        let session = session_name(execution_arn);
        match self.0.aws.assume_role(role, &session, None).await {
            Ok(keys) => Ok(Some(keys)),
            // Emulators without a Security Token Service know accounts by the key that is used.
            Err(error) if self.is_redirected("sts") && is_no_refusal(&error) => {
                Ok(Some(keys_of(Some(role), execution_arn.split(':').nth(4).unwrap_or_default())))
            }
            Err(error) => Err(failure::role(execution_role, role, &error)),
        }
    }
}

/// Whether an answer to AssumeRole is none of the service's own.
fn is_no_refusal(error: &CallError) -> bool {
    match error {
        CallError::Service(error) => {
            !matches!(error.code.as_str(), "AccessDenied" | "ValidationError")
        }
        CallError::Unreadable { .. } | CallError::Credentials(_) => true,
        _ => false,
    }
}

/// Keys of the account that a role belongs to, or else of `account`.
pub(crate) fn keys_of(role: Option<&SmolStr>, account: &str) -> aws::Credentials {
    let of_role = role.and_then(|role| role.split(':').nth(4)).filter(|it| !it.is_empty());
    aws::Credentials::new(of_role.unwrap_or(account), "stepwell", None::<SmolStr>)
}

const NO_MOCKS: &str = "The execution runs a test case, but SFN_MOCK_CONFIG names no mock file";

/// A mocked task succeeds or fails as its kind does: where there is a submission, it was made.
fn mocked(
    call: &Call,
    answer: Result<Value, Failure>,
    progress: &mut dyn Progress,
) -> Result<Option<Value>, RunError> {
    if call.resource.pattern() != Pattern::RequestResponse && call.submitted.is_none() {
        let submitted = envelope::wrap("mock", &Object::default(), 200, &[], "mock");
        progress.submitted(submitted.into());
    }
    answer.map(Some).map_err(RunError::Task)
}

/// A signature for services that do not check it.
fn no_credentials() -> aws::Credentials {
    aws::Credentials::new("stepwell", "stepwell", None::<SmolStr>)
}

fn unknown(resource: &Resource) -> Failure {
    let cause = format!("The resource {} cannot be called by a task.", resource.arn);
    Failure::new(failure::RUNTIME, cause)
}

/// The name of an assumed role's session: the execution's, as far as STS takes it.
fn session_name(execution_arn: &str) -> String {
    /// STS's limit.
    const MAX_CHARS: usize = 64;
    let name = execution_arn.rsplit(':').next().unwrap_or_default();
    let fits = |char: &char| char.is_ascii_alphanumeric() || "_=,.@-".contains(*char);
    let name: String = name.chars().filter(fits).take(MAX_CHARS).collect();
    if name.len() < 2 { "stepwell".to_owned() } else { name }
}
