//! `GET /console/api/executions/{arn}/logs`: what functions on this machine printed for an execution.

use crate::app::App;
use crate::json::ObjectWriter;

/// The lines, oldest first.
pub fn answer(app: &App, execution_arn: &str) -> String {
    let lines = app.function_logs.as_ref().map(|logs| logs.of(execution_arn)).unwrap_or_default();
    let mut out = ObjectWriter::with_capacity(1024);
    out.objects("lines", &lines, |out, line| {
        out.time("timestamp", line.time);
        out.text("function", &line.function);
        out.maybe_text("requestId", line.request_id.as_deref());
        out.maybe_text("stateName", line.state_name.as_deref());
        out.text("text", &line.text);
    });
    out.finish()
}
