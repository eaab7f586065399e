//! DeleteStateMachine

use std::sync::Arc;

use runtime::catalog::Machine;

use crate::app::App;
use crate::call::{Call, Reply, empty};
use crate::machine_arn::MachineArn;

/// Answers a call. The machine is marked first; what runs of it ends with its next step, and then
/// it goes. The caller does not wait for that, nor is it left half done when the caller goes away.
pub async fn answer(call: &Call<'_>) -> Reply {
    let arn = MachineArn::parse(call.required("stateMachineArn"))?.machine_only()?;
    if let Some(machine) = call.app.catalog.delete_machine(arn.unqualified).await? {
        finish(call.app, machine);
    }
    empty()
}

/// Finishes the deletions that a server before this one did not.
pub fn finish_all(app: &App) {
    for machine in app.catalog.deleting() {
        finish(app, machine);
    }
}

fn finish(app: &App, machine: Arc<Machine>) {
    let (catalog, executions) = (app.catalog.clone(), app.executions.clone());
    let report = Arc::clone(&app.report);
    tokio::spawn(async move {
        // A server that is stopping leaves it to the next one.
        if executions.machine_deleted(machine.id, &machine.name).await.is_ok()
            && let Err(error) = catalog.remove_machine(machine.id).await
        {
            report(&error.to_string());
        }
    });
}
