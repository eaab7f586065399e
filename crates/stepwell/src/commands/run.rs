//! `stepwell run`

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use engine::{Failure, Outcome};
use runtime::catalog::{Encryption, Logging, MachineType, NewMachine, Tags};
use runtime::resolve::Target;
use runtime::{Description, Observer, Runtime, Start};
use smol_str::SmolStr;
use tokio::sync::mpsc;
use value::{Payload, Timestamp};

use crate::cli::Run;
use crate::config::{self, File};
use crate::output;
use crate::progress::Progress;
use crate::server::{self, Place, Setup};

/// Runs one execution to its end.
pub fn run(args: &Run) -> Result<ExitCode, String> {
    let file = File::read(&args.common)?;
    server::tokio()?.block_on(execute(args, &file))
}

async fn execute(args: &Run, file: &File) -> Result<ExitCode, String> {
    let definition = std::fs::read_to_string(&args.file)
        .map_err(|error| format!("cannot read {}: {error}", args.file.display()))?;
    let input = input(&args.input)?;
    let (ended, mut end) = mpsc::unbounded_channel();
    let progress: Arc<dyn Observer> = Arc::new(Progress::new(args.quiet, ended));
    let mock_file = args.mock.clone().or_else(|| file.mock_file());
    let connectors = server::connectors(file, mock_file, None)?;
    let setup = Setup {
        store: Place::Memory.open()?,
        strict: args.strict,
        connectors: connectors.clone(),
        observers: vec![progress],
    };
    let runtime = server::start(file, setup)?;
    let target = target(args, file, &runtime, definition).await?;
    let executions = runtime.executions();
    let outcome = if args.express {
        let start = Start::new(target, None, input);
        let result = executions.start_sync(start).await.map_err(|error| error.to_string())?;
        outcome_of(result.output, result.failure, result.status)
    } else {
        let machine = target.revision.machine;
        let start = Start::new(target, Some("run".into()), input);
        let started = executions.start(start).await.map_err(|error| error.to_string())?;
        // The observer hears of the end once it is recorded; of the ends of child executions, too.
        while end.recv().await.is_some_and(|ended| ended != started.execution_arn) {}
        let row = executions.find(machine, "run").map_err(|error| error.to_string())?;
        let id = row.ok_or("the execution is gone")?.id;
        let Description { output, failure, row, .. } =
            executions.describe(id).map_err(|error| error.to_string())?;
        outcome_of(output, failure, row.status)
    };
    runtime.close().await;
    connectors.close();
    Ok(report(&outcome))
}

fn outcome_of(output: Option<Payload>, failure: Failure, status: store::Status) -> Outcome {
    match (output, status) {
        (Some(output), _) => Outcome::Succeeded(output),
        (None, store::Status::TimedOut) => Outcome::TimedOut(failure),
        (None, store::Status::Aborted) => Outcome::Aborted(failure),
        (None, _) => Outcome::Failed(failure),
    }
}

fn report(outcome: &Outcome) -> ExitCode {
    let (how, failure) = match outcome {
        Outcome::Succeeded(output) => {
            output::data(output.text());
            return ExitCode::SUCCESS;
        }
        Outcome::Failed(failure) => ("failed", failure),
        Outcome::Aborted(failure) => ("was aborted", failure),
        Outcome::TimedOut(failure) => ("timed out", failure),
    };
    let error = failure.error.as_deref().unwrap_or("no error name");
    let cause = failure.cause.as_deref().unwrap_or("no cause");
    output::error(format_args!("the execution {how}: {error}: {cause}"));
    ExitCode::FAILURE
}

/// The input: JSON, `@file`, or `-` for stdin.
fn input(given: &str) -> Result<Payload, String> {
    let text = if given == "-" {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|error| format!("cannot read stdin: {error}"))?;
        text
    } else if let Some(path) = given.strip_prefix('@') {
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?
    } else {
        given.to_owned()
    };
    Payload::parse(text.trim()).map_err(|error| format!("the input is not JSON: {error}"))
}

/// Registers the definition, as CreateStateMachine does, and names it as what to start.
async fn target(
    args: &Run,
    file: &File,
    runtime: &Runtime,
    definition: String,
) -> Result<Target, String> {
    let catalog = runtime.executions().catalog();
    let machine_type = if args.express { MachineType::Express } else { MachineType::Standard };
    let checked = catalog.check(&definition, machine_type);
    let Some(program) = checked.program else {
        let name = args.file.display().to_string();
        let style = asl::report::Style { file: &name, colour: output::has_colour() };
        output::note(asl::report::render(&definition, &checked.diagnostics, &style));
        return Err(format!("{name} is not a definition that can run"));
    };
    let name = args.name.clone().unwrap_or_else(|| machine_name(&args.file));
    let (account, region) =
        (config::account(&args.common, file)?, config::region(&args.common, file));
    let arn: SmolStr = format!("arn:aws:states:{region}:{account}:stateMachine:{name}").into();
    let new = NewMachine {
        arn: arn.clone(),
        name: name.into(),
        partition: "aws".into(),
        role_arn: format!("arn:aws:iam::{account}:role/stepwell-run").into(),
        account: account.into(),
        region: region.into(),
        definition: definition.into(),
        program: Arc::new(program),
        machine_type,
        logging: Logging::default(),
        tracing: false,
        encryption: Encryption::default(),
        publish: false,
        version_description: None,
        tags: Tags::default(),
    };
    catalog.create_machine(new, Timestamp(0)).await.map_err(|error| error.to_string())?;
    let machine = catalog.machine(&arn).ok_or("the state machine is gone")?;
    let test_case = args.case.as_deref().map(SmolStr::new);
    let revision = machine.current.clone();
    Ok(Target { revision, version: None, alias: None, test_case })
}

/// The file's name up to its first dot, with nothing that a state machine's name may not have.
fn machine_name(path: &Path) -> String {
    let stem = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = stem.split('.').next().unwrap_or_default();
    let name: String = stem
        .chars()
        .map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' })
        .take(80)
        .collect();
    if name.is_empty() { "workflow".to_owned() } else { name }
}
