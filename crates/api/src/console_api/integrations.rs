//! `GET /console/api/integrations`: the connector table, by service.

use crate::app::App;
use crate::json::ObjectWriter;

/// The table.
pub fn answer(app: &App) -> String {
    let mut out = ObjectWriter::with_capacity(4096);
    let services = app.integrations.chunk_by(|one, other| one.service == other.service);
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
    out.finish()
}
