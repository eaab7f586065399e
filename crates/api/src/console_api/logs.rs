//! `GET /console/api/executions/{arn}/logs`: what functions on this machine printed for an execution.

use value::Timestamp;

use crate::app::App;
use crate::json::ObjectWriter;

/// The lines of `since` and later, oldest first. `since` is text in epoch seconds.
pub fn answer(app: &App, execution_arn: &str, since: Option<&str>) -> String {
    let since = since.and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    let since = Timestamp((since * 1000.0).round() as i64);
    let lines = app.function_logs.as_ref().map(|logs| logs.of(execution_arn)).unwrap_or_default();
    let lines = lines.into_iter().filter(|line| line.time >= since);
    let mut out = ObjectWriter::with_capacity(1024);
    out.objects("lines", lines, |out, line| {
        out.time("timestamp", line.time);
        out.text("function", &line.function);
        out.maybe_text("requestId", line.request_id.as_deref());
        out.maybe_text("stateName", line.state_name.as_deref());
        out.text("text", &line.text);
    });
    out.finish()
}
