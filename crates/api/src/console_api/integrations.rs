//! `GET /console/api/integrations`: the connector table, by service, and what `aws-sdk` can call.

use crate::app::{App, Integration};
use crate::json::ObjectWriter;

/// What the names of SDK services begin with.
pub const SDK: &str = "aws-sdk:";

/// The table of optimised integrations, and the names of the SDK's services.
pub fn all(app: &App) -> String {
    let mut out = ObjectWriter::with_capacity(4096);
    write(&mut out, &app.integrations);
    let services = app.sdk.map(|sdk| (sdk.services)()).unwrap_or_default();
    let names: Vec<String> = services.iter().map(|name| format!("{SDK}{name}")).collect();
    out.texts("services", &names);
    out.finish()
}

/// The actions of one service.
pub fn of_service(app: &App, service: &str) -> String {
    let mut out = ObjectWriter::with_capacity(4096);
    match (service.strip_prefix(SDK), app.sdk) {
        (Some(name), Some(sdk)) => write(&mut out, &(sdk.actions)(name)),
        _ => {
            let own: Vec<Integration> =
                app.integrations.iter().filter(|it| it.service == service).cloned().collect();
            write(&mut out, &own);
        }
    }
    out.finish()
}

fn write(out: &mut ObjectWriter, integrations: &[Integration]) {
    let services = integrations.chunk_by(|one, other| one.service == other.service);
    out.objects("integrations", services, |out, actions| {
        let Some(first) = actions.first() else { return };
        out.text("service", &first.service);
        out.text("name", &first.name);
        out.objects("actions", actions, |out, action| {
            out.text("action", &action.action);
            out.text("resource", &action.resource);
            out.texts("patterns", &action.patterns);
            out.texts("parameters", &action.parameters);
        });
    });
}
