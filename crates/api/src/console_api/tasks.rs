//! `GET /console/api/tasks`: what waits for somebody, and the activities.

use asl::resource::ResourceKind;
use engine::EventKind;
use runtime::WaitingTask;
use smol_str::SmolStr;
use value::Timestamp;

use crate::app::App;
use crate::caller::Caller;
use crate::error::Error;
use crate::json::ObjectWriter;

/// Most tasks that are shown; ours.
const MOST_TASKS: usize = 1_000;
/// Most activities that are shown; ours.
const MOST_ACTIVITIES: usize = 1_000;
/// Tasks that are shown come with their parameters up to this size together; ours.
const INPUT_BYTES: usize = 16 * 1024 * 1024;
/// How many events after a task was scheduled are searched for who took it; ours.
const SEARCHED: u64 = 64;
/// What a resource of an integration begins with; not shown.
const SERVICE_PREFIX: &str = "arn:aws:states:::";

/// A task, and what its history says of it.
struct Shown {
    task: WaitingTask,
    scheduled: Timestamp,
    /// When a worker took it, and its name.
    started: Option<(Timestamp, Option<SmolStr>)>,
}

/// The tasks and activities.
pub async fn answer(app: &App, caller: Caller<'_>) -> Result<String, Error> {
    let tasks = app.executions.waiting_tasks(MOST_TASKS).await?;
    let mut tasks: Vec<_> = tasks.into_iter().filter_map(|task| shown(app, task)).collect();
    tasks.sort_by_key(|it| (it.scheduled, it.task.execution.id));
    tasks.truncate(MOST_TASKS);
    let mut out = ObjectWriter::with_capacity(1024);
    let mut room = INPUT_BYTES;
    out.objects("tasks", &tasks, |out, it| show(out, it, &mut room));
    let Caller { region, account, .. } = caller;
    let partition = runtime::arn::partition(region);
    let prefix = format!("arn:{partition}:states:{region}:{account}:activity:");
    let (activities, _) = app.catalog.activities(&prefix, None, MOST_ACTIVITIES);
    out.objects("activities", &activities, |out, activity| {
        let own = tasks.iter().filter(|it| it.task.resource.arn == activity.arn);
        let started = own.clone().filter(|it| it.started.is_some()).count();
        out.text("activityArn", &activity.arn);
        out.text("name", &activity.name);
        out.time("creationDate", activity.created);
        out.int("scheduled", (own.count() - started) as i64);
        out.int("started", started as i64);
    });
    Ok(out.finish())
}

/// Looks the task's times up; `None` if it is not durable yet or over by now.
fn shown(app: &App, task: WaitingTask) -> Option<Shown> {
    let (first, id) = (task.attempt, task.execution.id);
    let history = app.executions.history(id, first, first.saturating_add(SEARCHED)).ok()?;
    let scheduled = history.events.iter().find(|event| event.id == first)?.time;
    let started = history.events.iter().find_map(|event| match &event.kind {
        EventKind::TaskStarted { worker, .. } if event.prev == first => {
            Some((event.time, worker.clone()))
        }
        _ => None,
    });
    let started = started.or_else(|| task.started.then_some((scheduled, None)));
    Some(Shown { task, scheduled, started })
}

fn show(out: &mut ObjectWriter, shown: &Shown, room: &mut usize) {
    let Shown { task, scheduled, started } = shown;
    let is_activity = task.resource.kind == ResourceKind::Activity;
    let is_taken = !is_activity || started.is_some();
    out.text("taskToken", if is_taken { &task.token } else { "" });
    out.text("kind", if is_activity { "activity" } else { "callback" });
    let arn = &task.resource.arn;
    if is_activity {
        out.text("activityArn", arn);
        let worker = started.as_ref().and_then(|(_, worker)| worker.as_deref());
        out.maybe_text("workerName", worker);
    }
    out.text("executionArn", &task.execution_arn);
    out.text("stateName", &task.state_name);
    out.text("resource", arn.strip_prefix(SERVICE_PREFIX).unwrap_or(arn));
    let input = task.input.text();
    if let Some(left) = room.checked_sub(input.len()) {
        *room = left;
        out.text("input", input);
    }
    out.time("scheduledDate", *scheduled);
    if is_activity {
        out.maybe_time("startedDate", started.as_ref().map(|(time, _)| *time));
    }
    out.maybe_time("timeoutDate", task.deadline);
    out.maybe_time("heartbeatDate", task.heartbeat_deadline);
}
